import { Readable } from 'node:stream';

/** The names of a document that its copies must not share. */
const ID = /(oval:[A-Za-z.-]+:(?:def|tst|obj|ste):|CVE-\d{4}-)(\d+)/g;

/**
 * A document of SUSE's or Microsoft's, over and over until it has that many bytes, as one: each copy has definitions, tests, objects and states of
 * its own, so that nothing gets smaller by being the same. It is made while it is read and is nowhere whole.
 */
export function largeOval(document: string, bytesMin: number): Readable {
  return Readable.from(chunks(document, bytesMin), { objectMode: false });
}

function* chunks(document: string, bytesMin: number): Iterable<Buffer> {
  const sections = ['definitions', 'tests', 'objects', 'states'].map((name) => ({
    name,
    body: sectionOf(document, name),
  }));
  const copies = Math.ceil(bytesMin / sections.reduce((sum, { body }) => sum + body.length, 0));
  yield Buffer.from(document.slice(0, document.search(/<definitions>/)));
  for (const { name, body } of sections) {
    yield Buffer.from(`<${name}>`);
    for (let copy = 0; copy < copies; copy += 1) {
      const text = body.replace(
        ID,
        (_, prefix: string, number: string) => `${prefix}${copy + 1}${number.padStart(9, '0')}`,
      );
      yield Buffer.from(text);
    }
    yield Buffer.from(`</${name}>`);
  }
  yield Buffer.from('</oval_definitions>');
}

function sectionOf(document: string, name: string): string {
  const open = document.indexOf(`<${name}>`);
  const close = document.indexOf(`</${name}>`);
  if (open < 0 || close < open) throw new Error(`the document has no ${name}`);
  return document.slice(open + name.length + 2, close);
}
