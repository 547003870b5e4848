import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, Partition } from '../../feed.ts';
import { type OsvMapping, type OsvTarget, type OsvUse, osvAdvisory } from '../../osv/osv-advisory.ts';
import { osvDistribution } from '../../osv/osv-archive.ts';
import { readOsvDocument } from '../../osv/osv-document.ts';
import type { OsvRecord } from '../../osv/osv-record.ts';
import { flawsOfText, oldestListedBuilds, ratingOfTitle, withModules } from '../../osv/rpm-erratum.ts';

const NAMESPACES = ['almalinux:8', 'almalinux:9', 'almalinux:10'];
const ECOSYSTEM = /^AlmaLinux:([1-9]\d?)$/;

/** AlmaLinux's errata as OSV publishes them: one bulletin of one or more CVEs for each record, one archive for all releases. */
export const almalinux = {
  id: 'almalinux',
  title: 'AlmaLinux errata (OSV)',
  licence: 'MIT',
  homepage: 'https://errata.almalinux.org/',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 48,
  plan: planAlmalinux,
  parse: parseAlmalinux,
} as const satisfies Feed;

const MAPPING: OsvMapping = {
  targetOf,
  isBulletin: true,
  rate: (record) => ratingOfTitle(record.summary),
  useOf,
  flawsOf: (record) => flawsOfText(record.details),
  refine: (rows, record) => oldestListedBuilds(withModules(rows, record.summary)),
};

function planAlmalinux(options: FeedOptions): Result<FeedPlan, string> {
  const partition = osvDistribution(options, { feed: 'almalinux', ecosystem: 'AlmaLinux', namespaces: NAMESPACES });
  return partition.ok ? ok({ kind: 'partitions', partitions: [partition.value] }) : partition;
}

async function* parseAlmalinux(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  yield* osvAdvisory(await readOsvDocument(document), MAPPING);
}

function targetOf(ecosystem: string): OsvTarget | 'elsewhere' | 'unknown' {
  const release = ECOSYSTEM.exec(ecosystem)?.[1];
  if (release !== undefined) return { namespace: `almalinux:${release}`, scheme: 'rpm', packageKind: 'binary' };
  return /^AlmaLinux\b/.test(ecosystem) ? 'unknown' : 'elsewhere';
}

/** Bug fixes and enhancements (`ALBA`, `ALEA`) are in the archive too; without a CVE there is no flaw that a package could have. */
function useOf(record: OsvRecord): OsvUse {
  const isSecurity = record.id.startsWith('ALSA-');
  return isSecurity || record.related.length + record.upstream.length > 0 ? 'advisory' : 'about-no-flaw';
}
