import { expect, it } from 'vitest';
import { RecordingVisitor, rawBody } from './raw-tar.fixture.ts';
import { readTarHeader } from './tar-header.ts';
import { TarWalker } from './tar-walker.ts';
import { tarEnd, tarPadding, writeTarHeader } from './tar-writer.ts';

const NOTHING = Buffer.alloc(0);

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

it('writes what the walker reads', () => {
  const long = bytes(`d/${'é'.repeat(60)}/${'x'.repeat(200)}`);
  const tar = Buffer.concat([
    writeTarHeader({ path: bytes('d'), type: '5', mode: 0o755, size: 0, linkName: NOTHING }),
    writeTarHeader({ path: long, type: '0', mode: 0o644, size: 5, linkName: NOTHING }),
    rawBody('hello'),
    writeTarHeader({ path: bytes('l'), type: '2', mode: 0o777, size: 0, linkName: long }),
    writeTarHeader({ path: bytes('h'), type: '1', mode: 0o644, size: 0, linkName: long }),
    tarEnd(),
  ]);
  const visitor = new RecordingVisitor();
  const walker = new TarWalker(visitor, { entries: 100, pathBytes: 4096, fileBytes: 100 });
  walker.push(tar);
  expect(walker.finish()).toBeUndefined();
  const name = `d/${'\\xe9'.repeat(60)}/${'x'.repeat(200)}`;
  expect(visitor.events).toEqual(['dir d', `file ${name} = hello`, 'other l', `link h -> ${name}`]);
});

it.each([0, 1, 0o77777777777, 0o77777777777 + 1, 2 ** 45])('writes a size of %d bytes', (size) => {
  const header = writeTarHeader({ path: bytes('a'), type: '0', mode: 0o644, size, linkName: NOTHING });
  expect(readTarHeader(header, 0)?.size).toBe(size);
});

it('fills up to whole blocks', () => {
  expect([0, 1, 511, 512, 513].map((size) => tarPadding(size).length)).toEqual([0, 511, 1, 0, 511]);
});
