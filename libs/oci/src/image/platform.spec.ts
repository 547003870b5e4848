import { expect, it } from 'vitest';
import { formatPlatform, parsePlatform, platformDistance } from './platform.ts';

it.each([
  ['linux/amd64', 'linux/amd64'],
  ['amd64', 'linux/amd64'],
  ['x86_64', 'linux/amd64'],
  ['aarch64', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64/v8'],
  ['linux/armhf', 'linux/arm/v7'],
  ['armel', 'linux/arm/v6'],
  ['Windows/AMD64', 'windows/amd64'],
])('%s is %s', (text, formatted) => {
  const platform = parsePlatform(text);
  expect(platform.ok ? formatPlatform(platform.value) : platform.error).toBe(formatted);
});

it.each(['', '/', 'linux/', 'a/b/c/d', 'linux amd64'])('%j is no platform', (text) => {
  expect(parsePlatform(text).ok).toBe(false);
});

function best(wanted: string, offered: readonly string[]): string | undefined {
  const parse = (text: string) => {
    const platform = parsePlatform(text);
    if (!platform.ok) throw new Error(platform.error);
    return platform.value;
  };
  const ranked = offered
    .map((text) => ({ text, distance: platformDistance(parse(wanted), parse(text)) }))
    .filter(({ distance }) => distance !== undefined)
    .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0));
  return ranked[0]?.text;
}

it.each([
  ['linux/amd64', ['linux/arm64', 'linux/amd64'], 'linux/amd64'],
  ['linux/amd64', ['linux/amd64/v3', 'linux/amd64/v2'], 'linux/amd64/v2'],
  ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4'], 'linux/amd64/v2'],
  ['linux/amd64/v1', ['linux/amd64/v3'], undefined],
  ['linux/arm64', ['linux/arm64/v8'], 'linux/arm64/v8'],
  ['linux/arm64/v8', ['linux/arm64'], 'linux/arm64'],
  ['linux/arm', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7'],
  ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v6'],
  ['linux/arm/v6', ['linux/arm/v7'], undefined],
  ['linux/arm', ['linux/arm64'], undefined],
  ['linux/amd64', ['windows/amd64'], undefined],
])('%s from %j is %s', (wanted, offered, chosen) => {
  expect(best(wanted, offered)).toBe(chosen);
});
