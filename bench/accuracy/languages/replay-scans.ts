import { ecosystemOfNamespace } from '@clair/model';
import { AdvisoryIndex, type IndexedRow } from '../advisory-index.ts';
import { affectedRow } from '../affected-row.ts';
import { dataSetLines, dataSetMembers } from '../data-set.ts';
import type { Explanation } from '../explanation.ts';
import { type Compared, compared } from './comparison.ts';
import { languagePackage, namespaceOfType } from './language-package.ts';

interface LanguageFact {
  readonly type: string;
  readonly package: string;
  readonly id: string;
  readonly fixed: string | null;
  /** The day of the first report that has it. */
  readonly first: string;
}

interface Listed {
  readonly name: string;
  readonly version: string;
}

interface Scan {
  readonly title: string;
  readonly date: string;
  readonly namespace: string;
  readonly packages: readonly Listed[];
  readonly findings: readonly (Listed & { readonly id: string })[];
}

const REPORTED_LATER: Explanation = {
  id: 'reported-later',
  right: 'both',
  says: 'the first report that has the flaw is of a later day: it was not published yet, or its versions were others',
};
const NOT_REPORTED: Explanation = {
  id: 'fixed-versions-only',
  right: 'theirs',
  says: 'the slice says in which versions a flaw was mended and not in which it came: older ones, or other branches, are taken for affected',
};
const NO_FACT: Explanation = {
  id: 'no-fact-in-the-slice',
  right: 'theirs',
  says: 'the slice has no fact of that package and flaw for that day',
};
const BETWEEN_BRANCHES: Explanation = {
  id: 'between-branches',
  right: 'theirs',
  says: 'the slice does not say where a branch begins; here it is taken to begin with the next minor version',
};

/**
 * Replays the scans of jars, programs of Go, and images with packages of npm and Python, with the facts of their reports. A fact holds
 * on every day: advisories of languages say which versions, not of which day.
 */
export function replayLanguageScans(): readonly Compared[] {
  const facts = [...dataSetLines<LanguageFact>('languageFacts')];
  const index = new AdvisoryIndex();
  for (const indexed of facts.flatMap(rowsOf)) index.add(indexed);
  const firsts = new Map(facts.map((fact) => [`${namespaceOfType(fact.type)} ${fact.package} ${fact.id}`, fact.first]));
  const scans = [...recordedRuns(), ...reportedImages()];
  return [...Map.groupBy(scans, ({ title, namespace }) => `${namespace}, ${title}`)].sort().map(([where, group]) => {
    const theirs = new Set<string>();
    const ours = new Set<string>();
    for (const { date, namespace, packages, findings } of group) {
      for (const { name, version, id } of findings) theirs.add(`${date} ${name} ${version} ${id}`);
      for (const { name, version } of packages) {
        for (const { kind, id } of index.decide(languagePackage(namespace, name, version)))
          if (kind !== 'not-affected') ours.add(`${date} ${name} ${version} ${id}`);
      }
    }
    const namespace = group[0]?.namespace ?? '';
    return compared({
      where,
      recordings: group.length,
      packages: group.reduce((sum, one) => sum + one.packages.length, 0),
      theirs,
      ours,
      explain(kind, text) {
        const [date = '', name, , id] = text.split(' ');
        const first = firsts.get(`${namespace} ${name} ${id}`);
        if (kind === 'missing') return first === undefined ? NO_FACT : BETWEEN_BRANCHES;
        return (first ?? '') > date ? REPORTED_LATER : NOT_REPORTED;
      },
    });
  });
}

/**
 * A fact says in which versions a flaw was mended (`2.18.6, 2.21.1, 3.1.0`), one for each branch. What is older than the first is
 * affected, and what is on a branch of a later one and older than it: a branch is a minor version.
 */
function rowsOf({ type, package: name, id, fixed, first }: LanguageFact): readonly IndexedRow[] {
  const namespace = namespaceOfType(type);
  const ecosystem = ecosystemOfNamespace(namespace);
  if (ecosystem === undefined) return [];
  const row = (range: { readonly introduced?: string; readonly fixed?: string }): IndexedRow => ({
    row: affectedRow({
      ...{ namespace, package: ecosystem.lookupName(name), packageKind: 'binary', scheme: ecosystem.scheme },
      ...{ range, status: 'affected', fixState: range.fixed === undefined ? 'unknown' : 'fixed' },
    }),
    ...{ ids: [id], issued: first },
  });
  const versions = fixed === null || fixed === '' ? [] : fixed.split(/,\s*/);
  if (versions.length === 0) return [row({})];
  return versions.map((version, index) =>
    row({ ...(index > 0 && { introduced: afterBranch(versions[index - 1] ?? '') }), fixed: version }),
  );
}

/** The first version of the minor branch after that of a fix: `2.19.0` after `2.18.6`. */
function afterBranch(version: string): string {
  const [major = '0', minor = '0'] = version.split('.');
  return `${major}.${Number.parseInt(minor, 10) + 1}.0`;
}

interface RecordedRun {
  readonly date: string;
  readonly results: readonly {
    readonly class: string;
    readonly type: string;
    readonly packages: readonly Listed[];
    readonly vulns: readonly { readonly pkg: string; readonly ver: string; readonly id: string }[];
  }[];
}

function* recordedRuns(): Generator<Scan> {
  for (const { date, results } of dataSetLines<RecordedRun>('runs')) {
    for (const { type, packages, vulns } of results.filter((one) => one.class === 'lang-pkgs')) {
      const findings = vulns.map(({ pkg, ver, id }) => ({ name: pkg, version: ver, id }));
      yield { title: 'recorded scans', date: date.slice(0, 10), namespace: namespaceOfType(type), packages, findings };
    }
  }
}

interface TrivyReport {
  readonly CreatedAt: string;
  readonly Results?: readonly {
    readonly Class: string;
    readonly Type: string;
    readonly Packages?: readonly { readonly Name: string; readonly Version: string }[];
    readonly Vulnerabilities?: readonly {
      readonly VulnerabilityID: string;
      readonly PkgName: string;
      readonly InstalledVersion: string;
    }[];
  }[];
}

const REPORT = /(?:trivy-(?:report|results)[^/]*|juice-shop-trivy-detailed)\.json$/;

function* reportedImages(): Generator<Scan> {
  for (const { path, bytes } of dataSetMembers('images', (one) => REPORT.test(one))) {
    const report: TrivyReport = JSON.parse(Buffer.from(bytes).toString('utf8'));
    for (const result of (report.Results ?? []).filter((one) => one.Class === 'lang-pkgs')) {
      const { Packages = [], Vulnerabilities = [] } = result;
      yield {
        title: path.split('/')[0] ?? path,
        date: report.CreatedAt.slice(0, 10),
        namespace: namespaceOfType(result.Type),
        packages: Packages.map(({ Name, Version }) => ({ name: Name, version: Version })),
        findings: Vulnerabilities.map(({ VulnerabilityID, PkgName, InstalledVersion }) => ({
          ...{ name: PkgName, version: InstalledVersion, id: VulnerabilityID },
        })),
      };
    }
  }
}
