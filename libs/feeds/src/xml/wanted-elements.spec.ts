import { describe, expect, it } from 'vitest';
import type { RecordFilter } from '../record-filter.ts';
import { wantedElements } from './wanted-elements.ts';

/** Leaves out the elements that hold one of the words, and notes what it was asked. */
function without(...words: readonly string[]) {
  const asked: string[] = [];
  let omitted = 0;
  let kept = 0;
  const filter: RecordFilter = {
    wants(parts) {
      const text = Buffer.concat(parts).toString();
      asked.push(text);
      const isWanted = !words.some((word) => text.includes(word));
      if (!isWanted) omitted += 1;
      return isWanted;
    },
    keep: () => void kept++,
    get omitted() {
      return omitted;
    },
  };
  return { filter, asked, kept: () => kept };
}

async function read(text: string, pieceBytes: number, filter: RecordFilter): Promise<string> {
  const bytes = Buffer.from(text);
  const document = (async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  })();
  let whole = '';
  for await (const piece of wantedElements(document, 'def', filter)) whole += Buffer.from(piece).toString('latin1');
  return Buffer.from(whole, 'latin1').toString();
}

const HEAD = '<?xml version="1.0"?>\n<root><defs>';
const ONE = '<def id="1" a=">"><b>x</b></def>';
const TWO = '<def id="2">\n<define/></def>';
const THREE = '<def\nid="3">ü</def>';
const DOCUMENT = `${HEAD}${ONE} ${TWO}\n${THREE}</defs></root>`;

describe('wantedElements', () => {
  it.each([1, 2, 7, 40, 1_000])('asks for each element, as it stands, in pieces of %i bytes', async (pieceBytes) => {
    const all = without();
    expect(await read(DOCUMENT, pieceBytes, all.filter)).toBe(DOCUMENT);
    expect(all.asked).toEqual([ONE, TWO, THREE]);
  });

  it.each([1, 3, 1_000])('leaves out what is not wanted, in pieces of %i bytes', async (pieceBytes) => {
    const some = without('id="1"', 'id="3"');
    expect(await read(DOCUMENT, pieceBytes, some.filter)).toBe(`${HEAD} ${TWO}\n</defs></root>`);
    expect(some.filter.omitted).toBe(2);
  });

  it.each([
    ['a comment', `<!-- ${TWO} -->`],
    ['a comment in an element', '<def id="4"><!-- </def> --></def>'],
    ['CDATA', '<c><![CDATA[<def>]]></c>'],
    ['an instruction', '<?x <def> ?>'],
  ])('cuts nothing from %s on', async (_, odd) => {
    for (const pieceBytes of [1, 5, 1_000]) {
      const none = without('def');
      const text = `${HEAD}${ONE}${odd}${THREE}</defs></root>`;
      expect(await read(text, pieceBytes, none.filter)).toBe(`${HEAD}${odd}${THREE}</defs></root>`);
      expect(none.asked).toEqual([ONE]);
      expect(none.kept()).toBe(1);
    }
  });

  it('cuts nothing from an element on that is too large to be looked at', async () => {
    const none = without('def');
    const text = `${HEAD}${ONE}<def>${'x'.repeat(1_100_000)}</def>${THREE}`;
    expect(await read(text, 65_536, none.filter)).toBe(text.replace(ONE, ''));
  });

  it('leaves a document that is cut, or of another kind, as it is', async () => {
    const none = without('never');
    for (const text of ['', '<', '{"<def": 1}', `${HEAD}<def id="1"><b>`, '\ufeff<?xml?><def/>']) {
      expect(await read(text, 3, none.filter)).toBe(text);
    }
  });
});
