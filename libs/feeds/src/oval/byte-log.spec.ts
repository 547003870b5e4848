import { createRandom } from '@clair/testing';
import { expect, it } from 'vitest';
import { MalformedDocument } from '../feed.ts';
import { memoryScratch } from '../testing/memory-scratch.ts';
import { ByteLog, ByteLogReader } from './byte-log.ts';

const MIB = 1024 * 1024;

it.each([
  ['in memory', undefined],
  ['with a scratch file', memoryScratch()],
])('gives back what was put, whole and in pieces, in any order: %s', (_name, scratch) => {
  const log = new ByteLog({ bytesMax: 8 * MIB, scratch, residentBytesMax: MIB });
  const random = createRandom(1);
  const whole = Uint8Array.from({ length: 4 * MIB + 12_345 }, () => random.int(0, 255));
  for (let at = 0; at < whole.length; ) {
    const bytes = whole.subarray(at, at + random.int(1, 100_000));
    log.append(bytes);
    at += bytes.length;
    // What is read while it grows makes other segments leave than what is read afterwards.
    const back = random.int(0, at - 1);
    expect(log.byteAt(back)).toBe(whole[back]);
  }
  expect(log.length).toBe(whole.length);
  for (let i = 0; i < 300; i++) {
    const from = random.int(0, whole.length - 1);
    const length = random.int(0, Math.min(700_000, whole.length - from));
    expect(Buffer.compare(log.bytesAt(from, length), whole.subarray(from, from + length))).toBe(0);
  }
  if (scratch !== undefined) expect(scratch.length).toBeGreaterThan(3 * MIB);
});

it('keeps numbers of up to 53 bits', () => {
  const log = new ByteLog({ bytesMax: 1_000 });
  const numbers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];
  for (const number of numbers) log.appendNumber(number);
  const reader = new ByteLogReader(log, 0);
  expect(numbers.map(() => reader.number())).toEqual(numbers);
  expect(reader.position).toBe(log.length);
});

it('refuses to keep more than it may, with a scratch file too', () => {
  const log = new ByteLog({ bytesMax: MIB, scratch: memoryScratch() });
  log.append(new Uint8Array(MIB));
  expect(() => log.appendByte(1)).toThrow(MalformedDocument);
});
