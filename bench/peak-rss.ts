import { readFileSync } from 'node:fs';

/** The highest resident memory of this process so far. */
export function peakRssBytes(): number {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kib === undefined ? process.resourceUsage().maxRSS * 1024 : Number(kib) * 1024;
}
