import { Readable } from 'node:stream';

const LINES_PER_VERSION = 10;

/** A security database in Wolfi's form of so many different ids, in one package: nothing of it is twice. */
export function largeSecdb(entries: number): Readable {
  return Readable.from(pieces(entries), { objectMode: false });
}

function* pieces(entries: number): Iterable<Buffer> {
  yield Buffer.from('{"reponame":"os","urlprefix":"","packages":[{"pkg":{"name":"linux","secfixes":{');
  for (let from = 0; from < entries; from += LINES_PER_VERSION) {
    const ids = Array.from({ length: LINES_PER_VERSION }, (_, i) => `"CVE-${1999 + (from % 27)}-${10_000 + from + i}"`);
    yield Buffer.from(`${from === 0 ? '' : ','}"1.${from}.0-r0":[${ids}]`);
  }
  yield Buffer.from('}}}]}');
}
