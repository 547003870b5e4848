import type { Scanner } from './scanner.ts';
import { apk } from './scanners/apk/index.ts';
import { dpkg } from './scanners/dpkg/index.ts';
import { osRelease } from './scanners/os-release/index.ts';
import { rhelContentManifests } from './scanners/rhel-content-manifests/index.ts';
import { rhelDnfHistory } from './scanners/rhel-dnf-history/index.ts';
import { rhelDockerfile } from './scanners/rhel-dockerfile/index.ts';
import { rhelLabels } from './scanners/rhel-labels/index.ts';
import { rpm } from './scanners/rpm/index.ts';

/** All scanners, one line each, by id. */
export const SCANNERS: readonly Scanner[] = [
  apk,
  dpkg,
  osRelease,
  rhelContentManifests,
  rhelDnfHistory,
  rhelDockerfile,
  rhelLabels,
  rpm,
];
