import { contentOf, SCANNERS, scannedFile } from '@clair/scanners';
import { expect, it } from 'vitest';
import { timedScanners } from './timed-scanners.ts';

it('reads as the scanners themselves do, and tells who read', () => {
  const reads: string[] = [];
  const [timed] = timedScanners(
    SCANNERS.filter(({ id }) => id === 'os-release'),
    (scanner, seconds) => reads.push(`${scanner} ${seconds >= 0}`),
  );
  const text = 'ID=debian\nVERSION_ID="12"\n';
  const outcome = timed?.read(scannedFile('etc/os-release', contentOf(Buffer.from(text)), () => text));
  expect(outcome).toMatchObject({ ok: true, value: { distribution: { namespace: 'debian:12' } } });
  expect(timed?.wants('etc/os-release')).toBe(true);
  expect(reads).toEqual(['os-release true']);
});
