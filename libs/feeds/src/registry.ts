import type { Feed } from './feed.ts';
import { almalinux } from './feeds/almalinux/index.ts';
import { alpine } from './feeds/alpine/index.ts';
import { aws } from './feeds/aws/index.ts';
import { azureLinux } from './feeds/azure-linux/index.ts';
import { chainguard } from './feeds/chainguard/index.ts';
import { debian } from './feeds/debian/index.ts';
import { epss } from './feeds/epss/index.ts';
import { kev } from './feeds/kev/index.ts';
import { nvd } from './feeds/nvd/index.ts';
import { oracle } from './feeds/oracle/index.ts';
import { osv } from './feeds/osv/index.ts';
import { photon } from './feeds/photon/index.ts';
import { rhelVex } from './feeds/rhel-vex/index.ts';
import { rocky } from './feeds/rocky/index.ts';
import { suse } from './feeds/suse/index.ts';
import { ubuntu } from './feeds/ubuntu/index.ts';
import { wolfi } from './feeds/wolfi/index.ts';

/** Every feed there is: one folder of `feeds/` and one line here. */
export const FEEDS: readonly Feed[] = [
  almalinux,
  alpine,
  aws,
  azureLinux,
  chainguard,
  debian,
  epss,
  kev,
  nvd,
  oracle,
  osv,
  photon,
  rhelVex,
  rocky,
  suse,
  ubuntu,
  wolfi,
];

const BY_ID: ReadonlyMap<string, Feed> = new Map(FEEDS.map((feed) => [feed.id, feed]));

/** The feed of that name; `undefined` when there is none. */
export function feedById(id: string): Feed | undefined {
  return BY_ID.get(id);
}
