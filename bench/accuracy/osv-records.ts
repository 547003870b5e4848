import type { Affected } from '@clair/model';
import { distributionOfNamespace } from '@clair/scanners';
import type { IndexedRow } from './advisory-index.ts';
import { affectedRow } from './affected-row.ts';
import { dataSetLines } from './data-set.ts';

/** A record of OSV, as far as ranges go. @see https://ossf.github.io/osv-schema/ */
interface OsvRecord {
  readonly id: string;
  readonly withdrawn?: string;
  readonly published?: string;
  readonly affected?: readonly {
    readonly package?: { readonly ecosystem: string; readonly name: string };
    readonly ranges?: readonly {
      readonly type: string;
      readonly events: readonly Readonly<Record<string, string>>[];
    }[];
  }[];
}

/** OSV's records of Alpine, Debian and Ubuntu, which no feed here reads: their own sources are. */
const RECORDS = /"id": ?"(?:ALPINE-|DEBIAN-|DSA-|DLA-|UBUNTU-|USN-)/;

/** `Alpine:v3.18` → `alpine:v3.18`; `undefined` for ecosystems of other kinds and of Ubuntu Pro. */
export function namespaceOfEcosystem(ecosystem: string): string | undefined {
  const [, name = '', release = ''] =
    /^(Alpine|Debian|Ubuntu|AlmaLinux):(v?\d+(?:\.\d+)?)(?::LTS)?$/.exec(ecosystem) ?? [];
  return name === '' ? undefined : `${name.toLowerCase()}:${release}`;
}

/** Every range of the records of the sample that are about Alpine, Debian and Ubuntu. */
export function* osvRows(): Generator<IndexedRow> {
  for (const record of dataSetLines<OsvRecord>('osvMixed', (line) => RECORDS.test(line))) {
    if (record.withdrawn !== undefined) continue;
    for (const { package: pkg, ranges } of record.affected ?? []) {
      const namespace = pkg === undefined ? undefined : namespaceOfEcosystem(pkg.ecosystem);
      if (pkg === undefined || namespace === undefined) continue;
      for (const range of ranges ?? []) {
        const row = rowOf(namespace, pkg.name, range.events);
        yield { row, ids: [record.id], issued: record.published ?? '' };
      }
    }
  }
}

/** Distributions have one interval a range: from the first version on (`introduced` 0) to a fix, or without end. */
function rowOf(namespace: string, name: string, events: readonly Readonly<Record<string, string>>[]): Affected {
  const of = (key: string): string | undefined => events.find((event) => event[key] !== undefined)?.[key];
  const [introduced, fixed, lastAffected] = [of('introduced'), of('fixed'), of('last_affected')];
  return affectedRow({
    namespace,
    package: name,
    packageKind: 'source',
    scheme: distributionOfNamespace(namespace)?.scheme ?? '',
    range: {
      ...(introduced === undefined || introduced === '0' ? {} : { introduced }),
      ...(fixed === undefined ? {} : { fixed }),
      ...(lastAffected === undefined ? {} : { lastAffected }),
    },
    status: 'affected',
    fixState: fixed === undefined ? 'unknown' : 'fixed',
  });
}
