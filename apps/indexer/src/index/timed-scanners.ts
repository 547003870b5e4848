import type { Scanner } from '@clair/scanners';

/** The same scanners; `onRead` is told how long each read of a file took. Scanners read no clock themselves. */
export function timedScanners(
  scanners: readonly Scanner[],
  onRead: (scanner: string, seconds: number) => void,
): readonly Scanner[] {
  return scanners.map((scanner) => ({
    ...scanner,
    read(file) {
      const startedMs = performance.now();
      try {
        return scanner.read(file);
      } finally {
        onRead(scanner.id, (performance.now() - startedMs) / 1000);
      }
    },
  }));
}
