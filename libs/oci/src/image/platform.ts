import { err, ok, type Result } from '@clair/model';

/** What an image runs on; empty variant: any, or the usual one. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
}

/** What is taken when nobody asks for a platform. */
export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64', variant: '' };

const ALIASES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  i686: '386',
};

/** What no variant means; images leave it out. */
const USUAL_VARIANT: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/** Reads `os/architecture[/variant]`, or an architecture alone for Linux. */
export function parsePlatform(text: string): Result<Platform, string> {
  const parts = text.split('/');
  if (!parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part)) || parts.length > 3) {
    return err(`${JSON.stringify(text.slice(0, 100))} is no platform; write os/architecture[/variant], as linux/arm64`);
  }
  const [first = '', second, variant = ''] = parts;
  return ok(normalizePlatform({ os: second === undefined ? 'linux' : first, architecture: second ?? first, variant }));
}

/** One spelling for the many names of an architecture. */
export function normalizePlatform({ os, architecture, variant }: Platform): Platform {
  const lower = architecture.toLowerCase();
  const withoutVariant = { os: os.toLowerCase(), architecture: ALIASES[lower] ?? lower };
  if (lower === 'armhf' || lower === 'armel') {
    return { ...withoutVariant, architecture: 'arm', variant: lower === 'armhf' ? 'v7' : 'v6' };
  }
  const text = variant.toLowerCase();
  return { ...withoutVariant, variant: /^[0-9]+$/.test(text) ? `v${text}` : text };
}

/** `os/architecture[/variant]`, as {@link parsePlatform} reads it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== '').join('/');
}

/**
 * How well `offered` serves `wanted`: 0 exactly, larger the older its variant; `undefined` not at all. A variant runs what was
 * built for a lower one of the same architecture; without a wanted variant, the usual one is the best and all others follow.
 */
export function platformDistance(wanted: Platform, offered: Platform): number | undefined {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return undefined;
  const usual = USUAL_VARIANT[wanted.architecture] ?? '';
  const wantedVariant = wanted.variant === '' ? usual : wanted.variant;
  const offeredVariant = offered.variant === '' ? usual : offered.variant;
  if (wantedVariant === offeredVariant) return 0;
  const [wantedLevel, offeredLevel] = [variantLevel(wantedVariant), variantLevel(offeredVariant)];
  if (wantedLevel === undefined || offeredLevel === undefined) return wanted.variant === '' ? 100 : undefined;
  if (offeredLevel < wantedLevel) return wantedLevel - offeredLevel;
  return wanted.variant === '' ? 50 + offeredLevel - wantedLevel : undefined;
}

function variantLevel(variant: string): number | undefined {
  const match = /^v([0-9]{1,2})$/.exec(variant);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
