import { join } from 'node:path';
import type { ApplyUpdateRequest } from '@clair/contracts';
import { createRandom } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { decodeDelimited, encodeDelimited, openSpool, readSpool } from './spool.ts';
import { withWorkDirectory } from './work-directory.ts';

const commit = (advisories: number): ApplyUpdateRequest => ({ message: { $case: 'commit', value: { advisories } } });
const header = (feed: string): ApplyUpdateRequest => ({
  message: { $case: 'header', value: { feed, fingerprint: '', fetchedAt: '', staleAfterHours: 24 } },
});

async function* pieces(bytes: Uint8Array, sizes: () => number) {
  for (let at = 0; at < bytes.length; ) {
    const size = sizes();
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function all(messages: AsyncIterable<ApplyUpdateRequest>): Promise<ApplyUpdateRequest[]> {
  const read: ApplyUpdateRequest[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

describe('decodeDelimited', () => {
  const random = createRandom(7);
  const messages = Array.from({ length: 40 }, (_, i) =>
    i % 3 === 0 ? commit(i) : header(random.text('abc', random.int(0, 300))),
  );
  const bytes = Buffer.concat(messages.map(encodeDelimited));

  it('gives back what was encoded, however it is cut into pieces', async () => {
    for (let round = 0; round < 50; round++) {
      const largest = random.pick([1, 3, 5, 64, 1000, bytes.length]);
      expect(await all(decodeDelimited(pieces(bytes, () => random.int(1, largest))))).toEqual(messages);
    }
  });

  it('never takes a cut stream for a whole one, unless it is cut between two messages', async () => {
    const ends = new Set([0]);
    let end = 0;
    for (const message of messages) {
      end += encodeDelimited(message).length;
      ends.add(end);
    }
    for (let length = 0; length < Math.min(bytes.length, 900); length++) {
      const read = all(decodeDelimited(pieces(bytes.subarray(0, length), () => 100)));
      if (ends.has(length)) await read;
      else await expect(read).rejects.toThrow('ends in the middle');
    }
  });

  it.each([
    ['an absurd length', Buffer.from([0xff, 0xff, 0xff, 0xff, 0]), /damaged/],
    ['bytes that are no message', Buffer.from([0, 0, 0, 2, 0xff, 0xff]), /cannot be read/],
  ])('refuses %s', async (_, damaged, message) => {
    const read = all(decodeDelimited(pieces(damaged, () => 3)));
    await expect(read).rejects.toThrow(RangeError);
    await expect(all(decodeDelimited(pieces(damaged, () => 3)))).rejects.toThrow(message);
  });
});

it('a spool gives back what was written, in order', async () => {
  await withWorkDirectory(async (directory) => {
    const path = join(directory, 'spool');
    const spool = await openSpool(path);
    const messages = Array.from({ length: 3_000 }, (_, i) => header('x'.repeat(i % 500)));
    for (const message of messages) await spool.write(message);
    await spool.close();
    expect(await all(readSpool(path))).toEqual(messages);
  });
});
