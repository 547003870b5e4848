import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, Partition } from '../../feed.ts';
import { type OsvMapping, type OsvTarget, type OsvUse, osvAdvisory } from '../../osv/osv-advisory.ts';
import { osvDistribution } from '../../osv/osv-archive.ts';
import { readOsvDocument } from '../../osv/osv-document.ts';
import type { OsvRecord } from '../../osv/osv-record.ts';
import { flawsOfText, oldestListedBuilds, ratingOfTitle, withModules } from '../../osv/rpm-erratum.ts';

const NAMESPACES = ['rocky:8', 'rocky:9', 'rocky:10'];
const ECOSYSTEM = /^Rocky Linux:([1-9]\d?)$/;

/** Rocky Linux's security errata as OSV publishes them: one bulletin of one or more CVEs for each record, about source packages. */
export const rocky = {
  id: 'rocky',
  title: 'Rocky Linux errata (OSV)',
  licence: 'BSD-3-Clause',
  homepage: 'https://errata.rockylinux.org/',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 48,
  plan: planRocky,
  parse: parseRocky,
} as const satisfies Feed;

const MAPPING: OsvMapping = {
  targetOf,
  isBulletin: true,
  rate: (record) => ratingOfTitle(record.summary),
  useOf,
  flawsOf: (record) => flawsOfText(record.details),
  refine: (rows, record) => oldestListedBuilds(withModules(rows, record.summary)),
};

function planRocky(options: FeedOptions): Result<FeedPlan, string> {
  const partition = osvDistribution(options, { feed: 'rocky', ecosystem: 'Rocky Linux', namespaces: NAMESPACES });
  return partition.ok ? ok({ kind: 'partitions', partitions: [partition.value] }) : partition;
}

async function* parseRocky(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  yield* osvAdvisory(await readOsvDocument(document), MAPPING);
}

function targetOf(ecosystem: string): OsvTarget | 'elsewhere' | 'unknown' {
  const release = ECOSYSTEM.exec(ecosystem)?.[1];
  if (release !== undefined) return { namespace: `rocky:${release}`, scheme: 'rpm', packageKind: 'source' };
  return /^Rocky Linux\b/.test(ecosystem) ? 'unknown' : 'elsewhere';
}

/**
 * `RXSA` errata are about kernels of the Cloud group (`…el9_4.cloud.1.0`), under the ecosystem and the name of the distribution's own
 * kernel. Their builds sort after the same build without the suffix, so they would call every fixed kernel of the distribution vulnerable.
 */
function useOf(record: OsvRecord): OsvUse {
  if (!record.id.startsWith('RXSA-')) return 'advisory';
  return {
    rejected: 'it is about a special interest group’s build of a package that the distribution has under the same name',
  };
}
