import { almalinux } from './almalinux.ts';
import { almalinuxKitten } from './almalinux-kitten.ts';
import { alpine } from './alpine.ts';
import { amzn } from './amzn.ts';
import { azurelinux } from './azurelinux.ts';
import { centos } from './centos.ts';
import { centosStream } from './centos-stream.ts';
import { chainguard } from './chainguard.ts';
import { debian } from './debian.ts';
import { fedora } from './fedora.ts';
import { hummingbird } from './hummingbird.ts';
import type { KnownDistribution } from './known-distribution.ts';
import { mariner } from './mariner.ts';
import { ol } from './ol.ts';
import { opensuse } from './opensuse.ts';
import { opensuseLeap } from './opensuse-leap.ts';
import { opensuseTumbleweed } from './opensuse-tumbleweed.ts';
import { photon } from './photon.ts';
import { rhcos } from './rhcos.ts';
import { rhel } from './rhel.ts';
import { rocky } from './rocky.ts';
import { sleMicro, slMicro } from './sle-micro.ts';
import { sles } from './sles.ts';
import { ubuntu } from './ubuntu.ts';
import { UNREAD } from './unread.ts';
import { wolfi } from './wolfi.ts';

/** The registry: one line a distribution. The first that claims an identity has it. */
export const DISTRIBUTIONS: readonly KnownDistribution[] = [
  almalinuxKitten,
  almalinux,
  alpine,
  amzn,
  azurelinux,
  centosStream,
  centos,
  chainguard,
  debian,
  fedora,
  hummingbird,
  mariner,
  ol,
  opensuseLeap,
  opensuseTumbleweed,
  opensuse,
  photon,
  rhcos,
  rhel,
  rocky,
  sleMicro,
  slMicro,
  sles,
  ubuntu,
  wolfi,
  ...UNREAD,
];
