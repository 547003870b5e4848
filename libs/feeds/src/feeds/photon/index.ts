import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, ParseAids, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { ovalAdvisories } from '../../oval/index.ts';
import { photonDialect } from './photon-definition.ts';

const BASE_URL = 'https://packages.vmware.com/photon/photon_oval_definitions/';
/** The largest was 40 MB in 2025. */
const DOCUMENT_BYTES_MAX = 1_000_000_000;

/** Major versions that VMware has published for. A release has one document, named after the major number. */
const RELEASES = ['1', '2', '3', '4', '5'];

/** VMware's Photon OS: OVAL patch definitions, one for each package of a PHSA bulletin. */
export const photon = {
  id: 'photon',
  title: 'Photon OS OVAL',
  licence: 'none stated; © VMware, published for use with OVAL scanners',
  homepage: 'https://github.com/vmware/photon/wiki/Security-Advisories',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 168,
  plan: planPhoton,
  parse: parsePhoton,
} as const satisfies Feed;

function planPhoton(options: FeedOptions): Result<FeedPlan, string> {
  const base = urlOption(options, { feed: 'photon', key: 'url', fallback: BASE_URL });
  if (!base.ok) return base;
  const folder = base.value.endsWith('/') ? base.value : `${base.value}/`;
  const partitions = RELEASES.map((major) => ({
    name: `${major}.0`,
    namespaces: [`photon:${major}.0`],
    request: {
      url: `${folder}com.vmware.phsa-photon${major}.xml`,
      mirrors: [`${folder}com.vmware.phsa-photon${major}.xml.gz`],
      bytesMax: DOCUMENT_BYTES_MAX,
    },
  }));
  return ok({ kind: 'partitions', partitions });
}

function parsePhoton(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
  aids?: ParseAids,
): AsyncIterable<Result<Advisory, Rejection>> {
  return ovalAdvisories(document, photonDialect, aids?.scratch);
}
