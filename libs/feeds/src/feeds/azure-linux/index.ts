import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, ParseAids, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { ovalAdvisories } from '../../oval/index.ts';
import { azureLinuxDialect } from './azure-linux-definition.ts';

const BASE_URL = 'https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/';
/** The largest was 12 MB in 2024. */
const DOCUMENT_BYTES_MAX = 500_000_000;

/** One document for each release, and the suffix that its packages' releases end in. */
const RELEASES = [
  { file: 'azurelinux-3.0-oval.xml', namespace: 'azurelinux:3.0' },
  { file: 'cbl-mariner-2.0-oval.xml', namespace: 'mariner:2.0' },
  { file: 'cbl-mariner-1.0-oval.xml', namespace: 'mariner:1.0' },
] as const;

/** Azure Linux and CBL-Mariner: Microsoft's OVAL by (CVE, source package), fixed, not fixed and not applicable. */
export const azureLinux = {
  id: 'azure-linux',
  title: 'Azure Linux and CBL-Mariner OVAL',
  licence: 'MIT',
  homepage: 'https://github.com/microsoft/AzureLinuxVulnerabilityData',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 72,
  plan: planAzureLinux,
  parse: parseAzureLinux,
} as const satisfies Feed;

function planAzureLinux(options: FeedOptions): Result<FeedPlan, string> {
  const base = urlOption(options, { feed: 'azure-linux', key: 'url', fallback: BASE_URL });
  if (!base.ok) return base;
  const folder = base.value.endsWith('/') ? base.value : `${base.value}/`;
  const partitions = RELEASES.map(({ file, namespace }) => ({
    name: namespace,
    namespaces: [namespace],
    request: { url: `${folder}${file}`, bytesMax: DOCUMENT_BYTES_MAX },
  }));
  return ok({ kind: 'partitions', partitions });
}

function parseAzureLinux(
  partition: Partition,
  document: AsyncIterable<Uint8Array>,
  aids?: ParseAids,
): AsyncIterable<Result<Advisory, Rejection>> {
  return ovalAdvisories(document, azureLinuxDialect(partition.namespaces[0] ?? ''), aids?.scratch);
}
