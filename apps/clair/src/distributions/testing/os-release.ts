import type { TarEntry } from '@clair/testing';

/** `etc/os-release` with these fields, quoted as most vendors do. @see https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export function osRelease(fields: Readonly<Record<string, string>>): TarEntry {
  const lines = Object.entries(fields).map(([key, value]) => `${key}="${value}"\n`);
  return { path: 'etc/os-release', content: lines.join('') };
}
