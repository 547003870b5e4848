import { ok, type Result } from '@clair/model';
import { parseJsonObject } from '../../json-document.ts';
import { isPlainText, quoted } from '../../plain-text.ts';
import type { Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

const PATHS: ReadonlySet<string> = new Set(['root/buildinfo/labels.json', 'usr/share/buildinfo/labels.json']);

/** The product that an image of Red Hat's is. @see https://security.access.redhat.com/data/meta/v1/embedded_metadata.v1.schema.json */
export const rhelLabels = {
  id: 'rhel-labels',
  version: '1',
  kind: 'repository',
  fileBytesMax: 1024 * 1024,
  wants: (path) => PATHS.has(path),
  read: (file) => readLabels(file.text()),
} satisfies Scanner;

function readLabels(text: string): Result<ScanOutcome, UnreadableFile> {
  const labels = parseJsonObject(text);
  if (!labels.ok) return labels;
  return ok(labelledProduct(labels.value.cpe));
}

/** What the value of the label `cpe` says. Some builds put it in quotes of its own. */
export function labelledProduct(label: unknown): ScanOutcome {
  const nothing = { packages: [], repositories: { contentSets: [], cpes: [], origins: [] } };
  if (label === undefined || label === '') return { ...nothing, problems: [] };
  const cpe = typeof label === 'string' ? label.replace(/^"(.*)"$/, '$1') : '';
  if (!/^cpe:[/2]/.test(cpe) || !isPlainText(cpe)) {
    return { ...nothing, problems: [`the label cpe is no CPE: ${quoted(String(label))}`] };
  }
  return { ...nothing, repositories: { contentSets: [], cpes: [cpe], origins: [] }, problems: [] };
}
