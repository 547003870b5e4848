import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('says what it found, and what arrived when the feed changed', async () => {
  const demo = spawn(process.execPath, [fileURLToPath(new URL('./demo.ts', import.meta.url))]);
  const pieces: string[] = [];
  const errors: string[] = [];
  demo.stdout.on('data', (piece) => pieces.push(String(piece)));
  demo.stderr.on('data', (piece) => errors.push(String(piece)));
  const [code] = await once(demo, 'close');
  const text = pieces.join('');
  expect({ code, stderr: errors.join('') }).toEqual({ code: 0, stderr: '' });
  expect(text).toMatch(/High +curl +7\.88\.1-10\+deb12u3 +7\.88\.1-10\+deb12u4 +CVE-2023-38545 +#2/);
  expect(text).toContain('Coverage: complete');
  expect(text).toMatch(/webhook received: \{"notification_id":"[0-9a-f-]{36}"/);
  expect(text).toMatch(/"reason": "added"[\s\S]*"name": "CVE-2024-2961"/);
  // What the second layer updated is not reported as it was in the first.
  expect(text).not.toContain('CVE-2023-5363');
});
