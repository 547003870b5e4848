import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { type TarVisitor, TarWalker } from '@clair/oci';
import { sharedData } from '@clair/testing';

/** The data sets that lie beside the repository. Every replay needs them. */
export const DATA_SETS = {
  runs: 'cases/trivy-runs.jsonl.zst',
  facts: 'cases/os-feed-slices.noleak.jsonl.zst',
  images: 'cases/images.tar.zst',
  recordings: 'cases/osv-api-recordings.jsonl.zst',
  labels: 'cases/match-labels.jsonl.zst',
  almalinux: 'feeds/alma-osv/alma-osv.tar.zst',
  osvMixed: 'feeds/osv-mixed/osv-mixed.jsonl.zst',
  debian: 'feeds/debian-tracker-derived/json.zst',
  mariner: 'feeds/azurelinux-oval/cbl-mariner-2.0-oval.2024-01-22.xml.zst',
  ubuntu: 'feeds/ubuntu-cve-tracker/ubuntu-cve-tracker.tar.zst',
  languageFacts: 'cases/lang-feed-slices.noleak.jsonl.zst',
  constraints: 'cases/grype-constraints.jsonl.zst',
  integration: 'cases/trivy-integration.tar.zst',
  goVulndb: 'feeds/go-vulndb-osv/go-vulndb-osv.tar.zst',
  pypa: 'feeds/pypa-osv/pypa-advisory-db.tar.zst',
  rustsec: 'feeds/rustsec-osv/rustsec-osv.tar.zst',
  inventories: 'sboms/bom-shelter-purls.jsonl.zst',
} as const;

export type DataSet = keyof typeof DATA_SETS;

/** More than any of them unpacks to. */
const BYTES_MAX = 400_000_000;

/** Data sets that are not there, by their paths. */
export function absentDataSets(): readonly string[] {
  return Object.values(DATA_SETS).filter((path) => sharedData(path) === undefined);
}

/** The bytes of a data set, decompressed. Throws when it is not there: ask {@link absentDataSets} first. */
export function dataSetBytes(name: DataSet): Buffer {
  const path = sharedData(DATA_SETS[name]);
  if (path === undefined) throw new Error(`${DATA_SETS[name]} is not beside the repository`);
  return zstdDecompressSync(readFileSync(path), { maxOutputLength: BYTES_MAX });
}

/** The lines of a JSONL data set for which `wants` holds, each parsed. */
export function* dataSetLines<T>(name: DataSet, wants: (line: string) => boolean = () => true): Generator<T> {
  for (const line of dataSetBytes(name).toString('utf8').split('\n')) {
    // Safety: the data set's README states the fields; a line of another shape shows as an unclassified difference.
    if (line !== '' && wants(line)) yield JSON.parse(line) as T;
  }
}

/** A file of an archive. */
export interface ArchiveMember {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The largest member that any replay reads. */
const MEMBER_BYTES_MAX = 20_000_000;
const PUSHED_BYTES = 1_000_000;

/** The regular files of a tar data set whose path `wants`, those of one piece of the archive in memory at a time. */
export function* dataSetMembers(name: DataSet, wants: (path: string) => boolean): Generator<ArchiveMember> {
  const found: ArchiveMember[] = [];
  const nothing = (): void => undefined;
  const visitor: TarVisitor = {
    directory: nothing,
    other: nothing,
    hardlink: nothing,
    skipped: nothing,
    wants,
    file: (path, { size, read }) => found.push({ path, bytes: read(0, size) }),
  };
  const walker = new TarWalker(visitor, { entries: 200_000, pathBytes: 4_096, fileBytes: MEMBER_BYTES_MAX });
  const tar = dataSetBytes(name);
  for (let at = 0; at < tar.length; at += PUSHED_BYTES) {
    const failure = walker.push(tar.subarray(at, at + PUSHED_BYTES));
    if (failure !== undefined) throw new Error(`${DATA_SETS[name]}: ${failure.message}`);
    yield* found.splice(0);
  }
}
