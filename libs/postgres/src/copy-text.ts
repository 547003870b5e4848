import type { CopyRow, CopyValue } from './database.ts';

const CHUNK_CHARACTERS_MIN = 64 * 1024;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u0000': '\uFFFD',
};

const NEEDS_ESCAPE = new RegExp(
  `[${Object.keys(ESCAPES)
    .map((character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .join('')}]`,
  'u',
);
const NEEDS_ESCAPE_ALL = new RegExp(NEEDS_ESCAPE.source, 'gu');

/** One line of COPY's text format, with its line feed. @see https://www.postgresql.org/docs/current/sql-copy.html */
export function copyLine(row: CopyRow): string {
  let line = '';
  for (const [index, value] of row.entries()) line += index === 0 ? field(value) : `\t${field(value)}`;
  return `${line}\n`;
}

/** The lines of `rows`, gathered into chunks of at least 64 KiB, because every chunk costs a message and a write. */
export async function* copyChunks(rows: Iterable<CopyRow> | AsyncIterable<CopyRow>): AsyncGenerator<Buffer> {
  let chunk = '';
  for await (const row of rows) {
    chunk += copyLine(row);
    if (chunk.length < CHUNK_CHARACTERS_MIN) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk.length > 0) yield Buffer.from(chunk);
}

function field(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (value instanceof Uint8Array) return `\\\\x${hex(value)}`;
  if (value instanceof Date) return value.toISOString();
  return escapeText(arrayLiteral(value));
}

function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text)
    ? text.replace(NEEDS_ESCAPE_ALL, (character) => ESCAPES[character] ?? character)
    : text;
}

function arrayLiteral(values: readonly (string | number)[]): string {
  const elements = values.map((value) =>
    typeof value === 'number' ? String(value) : `"${value.replace(/["\\]/g, '\\$&')}"`,
  );
  return `{${elements.join(',')}}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
