import { err, ok, type Result } from '@clair/model';
import { compareDigits } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';
import { compareSemver, type SemverVersion } from '../../semver-precedence.ts';

/**
 * Versions of Go modules (`v1.2.3`, the `v` optional; pseudo-versions; `+incompatible`) and of Go itself (`go1.21.3`, `1.22rc1`,
 * `1.21.0-rc.4`), which is the module `stdlib` of the vulnerability database. Both have one order, that of SemVer.
 * @see https://go.dev/ref/mod#versions
 * @see https://go.dev/doc/toolchain#version
 */
export const go = { id: 'go', parse: parseGo, compare: compareSemver } as const satisfies VersionScheme<SemverVersion>;

const MODULE =
  /^v?(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.+-]+)?)?)?$/;
const ZERO_PADDED = /^0[0-9]+$/;

/** `b7` is a toolchain of the former boringcrypto branch, not a beta. */
const TOOLCHAIN =
  /^(go|v|)(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*))?)?(?:b[0-9]+|([a-z]+)(0|[1-9][0-9]*)?)?([ \t+-][^\\/]*)?$/;
/** How the vulnerability database writes a pre-release of Go; no vendor's suffix looks like it. */
const PRERELEASE_SUFFIX = /^-(?:(alpha|beta|rc)\.?([0-9]+)|0)$/;
const DEVELOPMENT = /^devel go([0-9]+)\.([0-9]+)-/;

/** From this minor version on, `go1.21` is not the first release (`go1.21.0`) but what came before its first candidate. */
const FIRST_LANGUAGE_MINOR = '21';
/** Older than every other pre-release. */
const EARLIEST: readonly string[] = ['0'];

function parseGo(text: string): Result<SemverVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  if (text === '') return malformed('it is empty');
  if (text === '(devel)') return malformed('the module was built from its source tree, which does not say its version');
  if (text.startsWith('devel ')) {
    const [, major, minor] = DEVELOPMENT.exec(text) ?? [];
    if (major === undefined || minor === undefined)
      return malformed('a development build of Go that does not say of which version');
    return ok({ major, minor, patch: '0', prerelease: EARLIEST });
  }
  const version = moduleVersion(text) ?? toolchainVersion(text);
  return version === undefined ? malformed('it is neither a version of a module nor one of Go') : ok(version);
}

function moduleVersion(text: string): SemverVersion | undefined {
  const match = MODULE.exec(text);
  if (match === null) return undefined;
  const [, major = '', minor = '0', patch = '0', identifiers] = match;
  const prerelease = identifiers?.split('.') ?? [];
  if (prerelease.some((identifier) => ZERO_PADDED.test(identifier))) return undefined;
  return { major, minor, patch, prerelease };
}

function toolchainVersion(text: string): SemverVersion | undefined {
  const match = TOOLCHAIN.exec(text);
  if (match === null) return undefined;
  const [, prefix, major = '', minor, patch, kind, number, suffix = ''] = match;
  const numbers = { major, minor: minor ?? '0', patch: patch ?? '0' };
  if (kind !== undefined) {
    // A candidate of a patch release has never been; Go refuses it.
    if (minor === undefined || patch !== undefined) return undefined;
    return { ...numbers, prerelease: number === undefined ? [kind] : [kind, number] };
  }
  if (prefix !== 'go') return /^[+-]/.test(suffix) ? undefined : { ...numbers, prerelease: [] };
  return { ...numbers, prerelease: toolchainPrerelease({ minor, patch, suffix }) };
}

interface ToolchainParts {
  readonly minor: string | undefined;
  readonly patch: string | undefined;
  readonly suffix: string;
}

function toolchainPrerelease({ minor, patch, suffix }: ToolchainParts): readonly string[] {
  const match = PRERELEASE_SUFFIX.exec(suffix);
  if (match !== null) {
    const [, kind, number = ''] = match;
    return kind === undefined ? EARLIEST : [kind, number];
  }
  const isLanguage = minor !== undefined && patch === undefined && compareDigits(minor, FIRST_LANGUAGE_MINOR) >= 0;
  return isLanguage ? EARLIEST : [];
}
