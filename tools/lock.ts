import { readFileSync, writeFileSync } from 'node:fs';

// Completes package-lock.json after `npm install`, so that `npm ci` works, and without warnings, wherever it runs:
//
// - A registry mirror may lack the packages of platforms that nobody there uses. npm then leaves them out of the lock,
//   and refuses the lock as incomplete afterwards. They are entered by name, version and platform.
// - The machine's own Node only runs npm; everything else runs under the Node 24 that the project brings. npm judges
//   `engines` by the former, and would warn of every package that wants more.

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  engines?: unknown;
}

const path = new URL('../package-lock.json', import.meta.url);
const lock: { packages: Record<string, unknown> } = JSON.parse(readFileSync(path, 'utf8'));
const entries = Object.entries(lock.packages as Record<string, LockEntry>); // Safety: the format of lockfileVersion 3.

for (const [name, entry] of entries) {
  if (name.includes('node_modules/')) delete entry.engines;
  for (const [dependency, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const at = `node_modules/${dependency}`;
    const platform = platformOf(dependency);
    if (at in lock.packages || platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
    lock.packages[at] = { version, ...platform, ...(entry.dev === true && { dev: true }), optional: true };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);

/** `@scope/tool-linux-arm64-musl` → os, cpu and libc as npm knows them. */
function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | undefined {
  const match = /-(darwin|linux|win32|android|freebsd)-(x64|arm64|arm|armv7)(?:-(musl|gnu|gnueabihf|msvc))?$/.exec(
    name,
  );
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const libc = match[3] === 'musl' ? { libc: ['musl'] } : {};
  return { os: [match[1]], cpu: [match[2] === 'armv7' ? 'arm' : match[2]], ...libc };
}
