import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../feed.ts';
import { attributeText, childElement, childElements, childText } from './xml-element.ts';
import { type XmlElementsOptions, type XmlMember, xmlElements } from './xml-elements.ts';

const OPTIONS: XmlElementsOptions = { root: 'r', wants: (path) => path.at(-1) === 'item', elementCharsMax: 1_000 };

async function* documentOf(bytes: Uint8Array, pieceBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function read(document: string | Uint8Array, options = OPTIONS, pieceBytes = 7): Promise<XmlMember[]> {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  const members: XmlMember[] = [];
  for await (const some of xmlElements(documentOf(bytes, pieceBytes), options)) members.push(...some);
  return members;
}

async function onlyItem(document: string | Uint8Array) {
  const [member, second] = await read(document);
  if (member?.element.ok !== true || second !== undefined) throw new Error('there is not one item');
  return member.element.value;
}

describe('a wanted element', () => {
  const document = `<?xml version="1.0"?>
<x:r xmlns:x="urn:x" xmlns="urn:y"><!-- no --><head>text</head>
<list><x:item x:id=" 1 " xmlns:z="urn:z"><a>one &amp; <![CDATA[<two>]]></a> <b/><a z:k='v'>\u00e4\u{1f600}</a></x:item></list>
<item id="2"/></x:r>\n`;

  it.each([1, 5, 1_000])('comes with everything in it, in pieces of %i bytes', async (pieceBytes) => {
    const [first, second, third] = await read(document, OPTIONS, pieceBytes);
    expect(first).toEqual({
      path: ['r', 'list', 'item'],
      line: 3,
      element: {
        ok: true,
        value: {
          name: 'item',
          attributes: { id: ' 1 ' },
          text: '',
          line: 3,
          children: [
            { name: 'a', attributes: {}, children: [], text: 'one & <two>', line: 3 },
            { name: 'b', attributes: {}, children: [], text: '', line: 3 },
            { name: 'a', attributes: { k: 'v' }, children: [], text: '\u00e4\u{1f600}', line: 3 },
          ],
        },
      },
    });
    expect(second?.line).toBe(4);
    expect(third).toBeUndefined();
  });

  it('is read by name, and what is not there is empty', async () => {
    const [member] = await read(document);
    const item = member?.element.ok ? member.element.value : undefined;
    expect(attributeText(item, 'id')).toBe('1');
    expect(attributeText(item, 'toString')).toBe('');
    expect(childElements(item, 'a')).toHaveLength(2);
    expect(childText(item, 'a')).toBe('one & <two>');
    expect(childText(item, 'c')).toBe('');
    expect(childElement(undefined, 'a')).toBeUndefined();
  });

  it('that is too large costs itself only', async () => {
    const members = await read(`<r><item><a>${'x'.repeat(2_000)}</a></item><item id="2"/></r>`);
    expect(members.map(({ element }) => (element.ok ? element.value.attributes.id : element.error))).toEqual([
      'the element is larger than 1000 characters',
      '2',
    ]);
  });

  it('that is a million empty elements is too large', async () => {
    const [member] = await read(`<r><item>${'<a/>'.repeat(100)}</item></r>`);
    expect(member?.element).toEqual({ ok: false, error: 'the element is larger than 1000 characters' });
  });
});

describe('encodings', () => {
  const xml = (declaration: string) => `${declaration}<r><item>\u00e4\u00df</item></r>`;
  it.each([
    ['UTF-8 without a declaration', Buffer.from(xml(''))],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${xml('<?xml version="1.0" encoding="utf-8"?>')}`)],
    ['ISO-8859-1', Buffer.from(xml('<?xml version="1.0" encoding="ISO-8859-1"?>'), 'latin1')],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${xml('')}`, 'utf16le')],
  ])('%s', async (_name, bytes) => expect((await onlyItem(bytes)).text).toBe('\u00e4\u00df'));

  it.each([
    ['bytes that are not UTF-8', Buffer.from(xml(''), 'latin1'), /bytes that are not utf-8/],
    ['an encoding that is not read', Buffer.from(xml('<?xml version="1.0" encoding="EBCDIC-US"?>')), /EBCDIC-US/],
  ])('%s throw', async (_name, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(MalformedDocument);
    await expect(read(bytes)).rejects.toThrow(message);
  });
});

describe('what is no such document throws', () => {
  it.each([
    ['', /empty/],
    ['   ', /must contain a root/],
    ['{"a":1}', /1:/],
    ['<html><body>later</body></html>', /root is <html>, not <r>/],
    ['<!DOCTYPE html><html></html>', /document type declaration/],
    ['<!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>', /document type declaration/],
    ['<r>&unknown;</r>', /undefined entity/],
    ['<r><item>', /unclosed tag/],
    ['<r><item></r>', /unexpected close tag|unclosed/],
    ['<r><item/></r><r/>', /root/],
    [`<r ${Array.from({ length: 101 }, (_, i) => `a${i}=""`).join(' ')}/>`, /more than 100 attributes/],
    [`<r>${'<a>'.repeat(64)}`, /nested deeper than 64/],
  ])('%j', async (document, message) => {
    await expect(read(document)).rejects.toThrow(MalformedDocument);
    await expect(read(document)).rejects.toThrow(message);
  });

  it.each([
    ['text', (text: string) => `<r>${text}</r>`],
    ['attribute', (text: string) => `<r a="${text}"/>`],
    ['comment', (text: string) => `<r><!--${text}--></r>`],
  ])('a %s without end', async (_name, wrap) => {
    const options = { ...OPTIONS, tokenCharsMax: 1_000 };
    await expect(read(wrap('x'.repeat(5_000)), options)).rejects.toThrow(/longer than 1000/);
  });
});
