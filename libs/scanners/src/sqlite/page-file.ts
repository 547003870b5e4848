import { err, ok, type Result } from '@clair/model';
import { malformed, type SqliteProblem, unsupported } from './sqlite-problem.ts';
import type { TextEncoding } from './text-decoding.ts';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;
const USABLE_BYTES_MIN = 480;
const SCHEMA_FORMAT_MAX = 4;
const READ_VERSION_MAX = 2;
const ENCODINGS: readonly TextEncoding[] = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'];

/** A database file as pages of one size. */
export interface PageFile {
  readonly bytes: Uint8Array;
  readonly pageBytes: number;
  /** What of a page holds data: extensions may reserve its end. */
  readonly usableBytes: number;
  readonly pageCount: number;
  readonly encoding: TextEncoding;
}

/** Whether the bytes start as every SQLite 3 database does. */
export function isSqlite(bytes: Uint8Array): boolean {
  if (bytes.length < MAGIC.length) return false;
  for (let i = 0; i < MAGIC.length; i += 1) if (bytes[i] !== MAGIC.charCodeAt(i)) return false;
  return true;
}

/** Reads the database header. @see https://www.sqlite.org/fileformat2.html#the_database_header */
export function openPages(bytes: Uint8Array): Result<PageFile, SqliteProblem> {
  if (!isSqlite(bytes)) return err({ kind: 'not-sqlite', reason: 'does not start like an SQLite database' });
  if (bytes.length < HEADER_BYTES) return malformed(`cut off in the header, after ${bytes.length} bytes`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const pageSize = header.getUint16(16);
  const pageBytes = pageSize === 1 ? PAGE_BYTES_MAX : pageSize;
  if (pageBytes < PAGE_BYTES_MIN || (pageBytes & (pageBytes - 1)) !== 0) return malformed(`page size ${pageBytes}`);
  const usableBytes = pageBytes - header.getUint8(20);
  if (usableBytes < USABLE_BYTES_MIN) return malformed(`only ${usableBytes} bytes of a page are usable`);
  if (header.getUint8(19) > READ_VERSION_MAX) return unsupported(`file format version ${header.getUint8(19)}`);
  const schemaFormat = header.getUint32(44);
  if (schemaFormat > SCHEMA_FORMAT_MAX) return unsupported(`schema format ${schemaFormat}`);
  const encoding = ENCODINGS[header.getUint32(56)];
  if (encoding === undefined) return malformed(`text encoding ${header.getUint32(56)}`);
  const pageCount = countPages(header, Math.floor(bytes.length / pageBytes));
  if (!pageCount.ok) return pageCount;
  return ok({ bytes, pageBytes, usableBytes, pageCount: pageCount.value, encoding });
}

/** The page, numbered from 1; `undefined` when the file has no such page. */
export function pageOf(file: PageFile, number: number): Uint8Array | undefined {
  if (number < 1 || number > file.pageCount) return undefined;
  const from = (number - 1) * file.pageBytes;
  return file.bytes.subarray(from, from + file.pageBytes);
}

/** The count in the header is to be believed only when the header was written together with it. */
function countPages(header: DataView, inFile: number): Result<number, SqliteProblem> {
  const inHeader = header.getUint32(28);
  const isCurrent = inHeader !== 0 && header.getUint32(24) === header.getUint32(92);
  if (isCurrent && inHeader > inFile) return malformed(`cut off: ${inFile} of ${inHeader} pages are there`);
  const count = isCurrent ? inHeader : inFile;
  return count > 0 ? ok(count) : malformed('cut off in the first page');
}
