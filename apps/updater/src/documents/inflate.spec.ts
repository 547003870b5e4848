import { gzipSync, zstdCompressSync } from 'node:zlib';
import { MalformedDocument } from '@clair/feeds';
import { createRandom } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { inflate } from './inflate.ts';

async function* pieces(bytes: Uint8Array, size = 7) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function inflated(bytes: Uint8Array, size?: number, limits?: Parameters<typeof inflate>[1]): Promise<string> {
  const found: Uint8Array[] = [];
  for await (const piece of inflate(pieces(bytes, size), limits)) found.push(piece);
  return Buffer.concat(found).toString();
}

/** Made with bzip2 1.0.8: "hello, ", "world" at level 1, nothing, 200 MB of zeros, and lines of growing runs of a letter. */
const HELLO = Buffer.from('QlpoOTFBWSZTWXVqEAUAAAGRAEAEAkSgACGADAFrLhxdyRThQkHVqEAU', 'base64');
const WORLD = Buffer.from('QlpoMTFBWSZTWVnOe8sAAAIBgAQEkIAgADDNAMGkwHF3JFOFCQWc57yw', 'base64');
const NOTHING = Buffer.from('QlpoORdyRThQkAAAAAA=', 'base64');
const ZEROS = Buffer.from(
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZzL/7xgB9osAIwAACAAAIIAAwzAmqaZKkQbVFSIPF3JFOFCQeFqODAA==',
  'base64',
);
const RUNS = Buffer.from(
  'QlpoOTFBWSZTWaDq7fIAAM1////////////////////////////////////////////4UAVJUeeADwO4ATxB6oD8VDT2lAf/6qqfqgD/VQAAAAAAAAAAGmgbUAaAAAA0AAAAAAAAGgAwAAAANPUB6iEVSZGEGm9SP/VUP9UjJkMg0NNBkYEyZNMmg2kYRkwIBkaGAE0YEyPRNMmJoeoNBkM00MRiGAggxNBiGmRk00aMhiDRIP/9VVD/8qlAAAAAAAAaAAAAAAAAAA0AAAAAAAAAAAAAAAAAAAAAAUqp//5VTE9PVVAAAAfqgAMg0AAAaDQAZAaaAGgGQ0ABoAAZDQ0GgAGgADQDQAAAA0AAAEiJVT/KpoAAH/6qoAAAAAAAaaeoAAAAAAAGgAAaAAAAAAAAAAAAAaMgAAAGpzWXc8zm3N0dM5nVM8pn1NAo6qNlbY6tlllllmlJcqe5Uhq1atWuh0WjqOk0um0+oiotcjI1gjuXH8zmyEjJScoxyvOlpfn9AvMTPRaJrpTc5052en+pQOHV63XMdjs9rt0PcLd3vd+io/B4fFSUr2ZpjVPUVJs4dquFVnj6Csra5CiR8owkSpk9fYWNl4/JH+XzWdpavL09vj7uX5/gIGCg4SFhofhxETFRcZGx0fISPOkpOUlZZvLsTEz2ZqbnJ1men3d3d/CZpjVPUURieLyNTFwnAeizg06zS583msqonDtVVnj6BTrK2uQokaRKmTrCMoooopo0aNGnwWWWWW+jx9ft93j8fn9fv+f3/PL09218fX52f4CBgoOEu8LDQ8RExUXGRsdgY+QkZKTlJWWby+LYmJmam5ydZnp/KyjEqxLMN2JdhhVhVsq2VbKsKsqqZJTEKX5RlRlNlNlNlNlMTExMTExMTEwAAL/gEkkkkknBJttsbe94GEwdpnBzgTMzhJxWZjAjVpnBTgpnL8XEXYtCREQkREJERCREQkREJERCREQkREJEBKuK7iwwqw3VLSFo0W9EpyrtJzkBOcgJzkBOcgJzkBKUwJzkBOcgJzkFVVyuGpYYVYaKUIWjS9SLAAAJAAAAABZYVw1LDCrDRShC0aXqqQAAAAAAAABVVZZcYa1hhVhtUoWrS83YAkAAAEgAAAriyyphsWGFWG1ShatLzdgAAAAAAAAAqqrhamGxYYVYbVKFt65ZAAAAAAAEgAyauK4WthsWGFWG1Shbeiq6BIAAAJAAABVVcrhha2G6sMKtrapS8V2gAAAAAAAAVRcrhha2G6sMKtrapSBKEQIfDQAGoECAAANtsAAbbYAA22wABttgADbbAAG22AANtsAAbbYAA22wABttgADbbAAG22AANtsABttgAJJMABJJgAJJMABJJgAJJMABJJgAJJMABJJgAJJMABJJgBQqvVqqhCEIQhCEIQhCEIQhCEVgAAACmiTg4uLtgkknBEALJamBK0NiIAWTUxS0FobEQAqvYKWFobEQAqL2ATZtiIAVF7AJs2xEAKi9gE2bYiAFRewCbNsRACovYBNm2IgBUXsAmzbEQAqvaAmzbEQAqvaAmzbEQAqvaAmzbEQAqvaAmzbEQAqvYlNmIhCLqSU2YiEIupJTZiIQi6klNmIhCLqSU2YiEIupJTZiIQi6klNmIhCLqSU2YiEIumklaGIhCLqFZiLQxEIRdQKzRaGIhCKvaAtZsRCEXYpFVVVVVVVVVVLrrrrrrgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEIQhCEIQggICAgICAgICAgICAgICIiIiJAIBAIH/F3JFOFCQoOrt8g==',
  'base64',
);
const RUNS_TEXT = Array.from(
  { length: 300 },
  (_, i) => `${i}:${String.fromCharCode(97 + (i % 26)).repeat(i % 300)}\n`,
).join('');
const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAsTe52+XaHpsAAR0FuC2Arx+2830BAAAAAARZWg==',
  'base64',
);
const SKIPPABLE = Buffer.from('502a4d1803000000616263', 'hex');

describe('inflate', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), ''],
    ['plain', Buffer.from('hello, world'), 'hello, world'],
    ['a byte', Buffer.from('B'), 'B'],
    ['gzip', gzipSync('hello, world'), 'hello, world'],
    ['gzip, several members', Buffer.concat([gzipSync('hello, '), gzipSync('world')]), 'hello, world'],
    ['zstd', zstdCompressSync('hello, world'), 'hello, world'],
    [
      'zstd, several frames and one to skip',
      Buffer.concat([SKIPPABLE, zstdCompressSync('hello, '), SKIPPABLE, zstdCompressSync('world')]),
      'hello, world',
    ],
    ['bzip2', HELLO, 'hello, '],
    ['bzip2 of nothing', NOTHING, ''],
    ['bzip2, several streams of different levels', Buffer.concat([HELLO, NOTHING, WORLD]), 'hello, world'],
    ['bzip2 with runs', RUNS, RUNS_TEXT],
  ])('%s', async (_, bytes, text) => {
    for (const size of [1, 7, 1_000_000]) expect(await inflated(bytes, size)).toBe(text);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['xz', XZ, /compressed with xz, which is not supported/],
    ['gzip cut', gzipSync(RUNS_TEXT).subarray(0, -20), /gzip data ends in the middle/],
    ['zstd cut', zstdCompressSync(RUNS_TEXT).subarray(0, -20), /zstd data ends in the middle/],
    ['zstd cut between blocks and checksum', zstdCompressSync('x').subarray(0, -1), /zstd data ends in the middle/],
    ['zstd and something else', Buffer.concat([zstdCompressSync('x'), Buffer.from('xyz123')]), /something else/],
    ['bzip2 and something else', Buffer.concat([HELLO, Buffer.from('xyz123')]), /something else/],
    ['gzip damaged', Buffer.concat([gzipSync('x').subarray(0, 12), Buffer.alloc(20, 0xff)]), /gzip data is damaged/],
  ])('%s', async (_, bytes, message) => {
    await expect(inflated(bytes)).rejects.toThrow(message);
    await expect(inflated(bytes)).rejects.toBeInstanceOf(MalformedDocument);
  });

  it('bzip2 that is cut anywhere ends in the middle', async () => {
    const whole = Buffer.concat([HELLO, RUNS]);
    for (let length = 10; length < whole.length; length += length < 60 ? 1 : 31) {
      if (length === HELLO.length) continue;
      await expect(inflated(whole.subarray(0, length), 1000), `${length}`).rejects.toThrow(MalformedDocument);
    }
  });

  it('bzip2 with a byte that is another is damaged, or says the same', async () => {
    const random = createRandom(11);
    for (let round = 0; round < 100; round++) {
      const damaged = Buffer.from(RUNS);
      const at = random.int(10, damaged.length - 1);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << random.int(0, 7));
      const said = await inflated(damaged, 1000).catch((error: unknown) => {
        expect(error).toBeInstanceOf(MalformedDocument);
        return RUNS_TEXT;
      });
      expect(said).toBe(RUNS_TEXT);
    }
  });

  it('passes on what the source rejects with', async () => {
    async function* broken() {
      yield gzipSync(RUNS_TEXT).subarray(0, 100);
      throw new Error('the disk is gone');
    }
    const read = async () => {
      for await (const _ of inflate(broken()));
    };
    await expect(read()).rejects.toThrow('the disk is gone');
  });
});

describe('a bomb', () => {
  const zeros = Buffer.alloc(100 * 1024 * 1024);
  it.each<[string, Uint8Array]>([
    ['gzip', gzipSync(zeros)],
    ['zstd', zstdCompressSync(zeros)],
    ['bzip2', ZEROS],
  ])('of %s', async (_, bytes) => {
    await expect(inflated(bytes, 1000)).rejects.toThrow(/inflates more than 500 times: a decompression bomb/);
    const limits = { inflatedBytesMax: 1_000_000, ratioMax: 1_000_000 };
    await expect(inflated(bytes, 1000, limits)).rejects.toThrow(/inflates to more than 1000000 bytes/);
  });
});

it('lets others have their turn while bzip2 is inflated, which never has to wait', async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    waiting = setImmediate(count);
  };
  let waiting = setImmediate(count);
  const limits = { inflatedBytesMax: 1e9, ratioMax: 1e9 };
  for await (const _ of inflate(pieces(ZEROS, ZEROS.length), limits));
  clearImmediate(waiting);
  expect(turns).toBeGreaterThan(5);
});
