import type { Scanner } from './scanner.ts';
import { apk } from './scanners/apk/index.ts';
import { cargoLock } from './scanners/cargo-lock/index.ts';
import { composer } from './scanners/composer/index.ts';
import { composerLock } from './scanners/composer-lock/index.ts';
import { conda } from './scanners/conda/index.ts';
import { dotnet } from './scanners/dotnet/index.ts';
import { dpkg } from './scanners/dpkg/index.ts';
import { gem } from './scanners/gem/index.ts';
import { gemfileLock } from './scanners/gemfile-lock/index.ts';
import { goBinary } from './scanners/go-binary/index.ts';
import { java } from './scanners/java/index.ts';
import { npm } from './scanners/npm/index.ts';
import { npmLock } from './scanners/npm-lock/index.ts';
import { nugetLock } from './scanners/nuget-lock/index.ts';
import { osRelease } from './scanners/os-release/index.ts';
import { pipfileLock } from './scanners/pipfile-lock/index.ts';
import { pnpmLock } from './scanners/pnpm-lock/index.ts';
import { poetryLock } from './scanners/poetry-lock/index.ts';
import { python } from './scanners/python/index.ts';
import { rhelContentManifests } from './scanners/rhel-content-manifests/index.ts';
import { rhelDnfHistory } from './scanners/rhel-dnf-history/index.ts';
import { rhelDockerfile } from './scanners/rhel-dockerfile/index.ts';
import { rhelLabels } from './scanners/rhel-labels/index.ts';
import { rpm } from './scanners/rpm/index.ts';
import { rustBinary } from './scanners/rust-binary/index.ts';
import { yarnLock } from './scanners/yarn-lock/index.ts';

/** All scanners, one line each, by id. */
export const SCANNERS: readonly Scanner[] = [
  apk,
  cargoLock,
  composer,
  composerLock,
  conda,
  dotnet,
  dpkg,
  gem,
  gemfileLock,
  goBinary,
  java,
  npm,
  npmLock,
  nugetLock,
  osRelease,
  pipfileLock,
  pnpmLock,
  poetryLock,
  python,
  rhelContentManifests,
  rhelDnfHistory,
  rhelDockerfile,
  rhelLabels,
  rpm,
  rustBinary,
  yarnLock,
];
