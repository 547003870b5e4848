import type { Scanner } from './scanner.ts';
import { apk } from './scanners/apk/index.ts';
import { dpkg } from './scanners/dpkg/index.ts';
import { osRelease } from './scanners/os-release/index.ts';

/** All scanners, one line each, by id. */
export const SCANNERS: readonly Scanner[] = [apk, dpkg, osRelease];
