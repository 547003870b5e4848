import type { DistributionCase } from '../distribution-case.ts';
import { almalinux } from './almalinux.ts';
import { alpine } from './alpine.ts';
import { amazon } from './amazon.ts';
import { azurelinux } from './azurelinux.ts';
import { chainguard } from './chainguard.ts';
import { debian } from './debian.ts';
import { mariner } from './mariner.ts';
import { opensuseLeap } from './opensuse-leap.ts';
import { oracle } from './oracle.ts';
import { photon } from './photon.ts';
import { rhel } from './rhel.ts';
import { rocky } from './rocky.ts';
import { sles } from './sles.ts';
import { ubuntu } from './ubuntu.ts';
import { unsupported } from './unsupported.ts';
import { wolfi } from './wolfi.ts';

/** Every distribution whose findings are proved end to end: one file, and one line here. */
export const DISTRIBUTIONS: readonly DistributionCase[] = [
  almalinux,
  alpine,
  amazon,
  azurelinux,
  chainguard,
  debian,
  mariner,
  opensuseLeap,
  oracle,
  photon,
  rhel,
  rocky,
  sles,
  ubuntu,
  unsupported,
  wolfi,
];
