import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from '@clair/service-kit';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');

/** Of Prometheus itself, and of kube-state-metrics. */
const FOREIGN = ['up', 'kube_pod_status_ready'];

/** Words of PromQL that stand where a metric could. */
const WORDS = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'offset', 'bool']);

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Every name that is scraped: those registered in the code, with what a histogram adds, and those of the process. */
function exportedNames(): ReadonlySet<string> {
  const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: ROOT }).filter((path) => !path.endsWith('.spec.ts'));
  const registered = sources.flatMap((path) =>
    [...read(path).matchAll(/\.(counter|gauge|histogram)\(\{\s*name: '(clair_\w+)'/g)].flatMap(([, kind, name = '']) =>
      kind === 'histogram' ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`) : [name],
    ),
  );
  const ofProcess = createMetrics().registry.getMetricsAsArray();
  return new Set([...registered, ...ofProcess.map(({ name }) => name), ...FOREIGN]);
}

/** The metrics that an expression reads: its words without labels, durations, functions and keywords. */
function metricsOf(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b[a-zA-Z_]\w*\b(?!\s*\()/g)].map(([word]) => word).filter((word) => !WORDS.has(word));
}

function expressions(): (readonly [string, string])[] {
  // Safety: files of ours, of which only what is read here is claimed.
  const dashboard = JSON.parse(read('deploy/grafana/clair.json')) as Dashboard;
  const rules = parse(read('deploy/prometheus/clair.rules.yaml')) as RuleFile;
  return [
    ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
    ...dashboard.templating.list.flatMap(({ query }) =>
      [...query.matchAll(/^label_values\((\w+),/g)].map(([, name = '']) => ['variable', name] as const),
    ),
    ...rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr] as const)),
  ];
}

const exported = exportedNames();

it.each(expressions())('%s reads metrics that are exported', (_what, expression) => {
  const names = metricsOf(expression);
  expect(names).not.toEqual([]);
  expect(names.filter((name) => !exported.has(name))).toEqual([]);
});

it('would find one that is not', () => {
  const expression = 'max by (feed) (rate(clair_nonesuch_total{a="b"}[5m])) > 2 * 60 and up offset 5m == 0';
  expect(metricsOf(expression).filter((name) => !exported.has(name))).toEqual(['clair_nonesuch_total']);
});
