import { err, ok, type Result } from '@clair/model';
import { PageVisits } from '../../sqlite/page-visits.ts';

const HASH_MAGIC = 0x061561;
const BTREE_MAGIC = 0x053162;
const MAGIC_AT = 12;
const META_BYTES = 512;
const META_PAGE_TYPE = 8;
const CHECKSUM_FLAG = 1;
const VERSION_MIN = 8;
const VERSION_MAX = 10;
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;
const SPARES_AT = 96;
const SPARES = 32;
const OVERFLOW_PAGE = 7;
export const PAGE_HEADER_BYTES = 26;

/** A Berkeley DB hash database as pages. Everything in it but keys and values is in the byte order of who wrote it. */
export interface BerkeleyFile {
  readonly bytes: Uint8Array;
  readonly isLittleEndian: boolean;
  readonly pageBytes: number;
  readonly pageCount: number;
  /** Pages on which buckets start: as many as there are buckets. */
  readonly bucketPages: readonly number[];
  readonly visits: PageVisits;
}

/** A page that was read for the first time. */
export interface BerkeleyPage {
  readonly number: number;
  readonly view: DataView;
  readonly type: number;
  readonly next: number;
  /** Of a hash page, the count of keys and values; of another, unused. */
  readonly entries: number;
  /** Of an overflow page, how many bytes of data it has; of another, unused. */
  readonly dataBytes: number;
}

/** What the magic number of the file says, in either byte order. */
export function berkeleyForm(bytes: Uint8Array): 'hash' | 'btree' | undefined {
  if (bytes.length < MAGIC_AT + 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magics = [view.getUint32(MAGIC_AT, true), view.getUint32(MAGIC_AT, false)];
  if (magics.includes(HASH_MAGIC)) return 'hash';
  return magics.includes(BTREE_MAGIC) ? 'btree' : undefined;
}

/**
 * Reads the meta page of a hash database. Encrypted databases and those with page checksums (another page layout; rpm
 * makes neither) are refused. @see https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h
 */
export function openBerkeley(bytes: Uint8Array): Result<BerkeleyFile, string> {
  if (bytes.length < META_BYTES) return err(`cut off after ${bytes.length} bytes`);
  const meta = new DataView(bytes.buffer, bytes.byteOffset, META_BYTES);
  const isLittleEndian = meta.getUint32(MAGIC_AT, true) === HASH_MAGIC;
  const version = meta.getUint32(16, isLittleEndian);
  if (version < VERSION_MIN || version > VERSION_MAX) return err(`version ${version} of the hash format is not read`);
  if (meta.getUint8(24) !== 0) return err('is encrypted');
  if (meta.getUint8(25) !== META_PAGE_TYPE) return err(`page 0 has type ${meta.getUint8(25)}`);
  if ((meta.getUint8(26) & CHECKSUM_FLAG) !== 0) return err('has page checksums, which are not read');
  const pageBytes = meta.getUint32(20, isLittleEndian);
  if (pageBytes < PAGE_BYTES_MIN || pageBytes > PAGE_BYTES_MAX || (pageBytes & (pageBytes - 1)) !== 0) {
    return err(`page size ${pageBytes}`);
  }
  const pageCount = Math.floor(bytes.length / pageBytes);
  const lastPage = meta.getUint32(32, isLittleEndian);
  if (lastPage >= pageCount) return err(`cut off: ${pageCount} of ${lastPage + 1} pages are there`);
  const bucketPages = readBuckets(meta, isLittleEndian, pageCount);
  if (!bucketPages.ok) return bucketPages;
  const visits = new PageVisits(pageCount);
  visits.enter(0);
  return ok({ bytes, isLittleEndian, pageBytes, pageCount, bucketPages: bucketPages.value, visits });
}

/** Reads a page, each at most once: a second time would be a loop. */
export function enterPage(file: BerkeleyFile, number: number): Result<BerkeleyPage, string> {
  if (number >= file.pageCount) return err(`page ${number} of ${file.pageCount}`);
  if (!file.visits.enter(number)) return err(`page ${number} is used twice`);
  const page = readPage(file, number);
  // Pages that were made room for and never written are all zeros.
  const own = page.view.getUint32(8, file.isLittleEndian);
  if (own !== number && !(own === 0 && page.type === 0)) return err(`page ${number} says that it is page ${own}`);
  return ok(page);
}

/** Pages of this type that hold entries and were never entered, where the walk should have led to all. */
export function countUnvisited(file: BerkeleyFile, types: ReadonlySet<number>): number {
  let count = 0;
  for (let number = 1; number < file.pageCount; number += 1) {
    if (file.visits.has(number)) continue;
    const page = readPage(file, number);
    if (types.has(page.type) && page.entries > 0) count += 1;
  }
  return count;
}

/** A value that is kept on pages of its own, chained. */
export function readOverflow(file: BerkeleyFile, first: number, bytes: number): Result<Uint8Array, string> {
  if (bytes > file.bytes.length) return err(`a value of ${bytes} bytes`);
  const value = new Uint8Array(bytes);
  let number = first;
  for (let filled = 0; filled < bytes; ) {
    const page = number === 0 ? err(`a value that ends after ${filled} of ${bytes} bytes`) : enterPage(file, number);
    if (!page.ok) return page;
    const { type, dataBytes, view, next } = page.value;
    if (type !== OVERFLOW_PAGE) return err(`page ${number} has type ${type}, where a value goes on`);
    const isFitting = dataBytes > 0 && dataBytes <= Math.min(file.pageBytes - PAGE_HEADER_BYTES, bytes - filled);
    if (!isFitting) return err(`page ${number} claims ${dataBytes} bytes of a value`);
    value.set(new Uint8Array(view.buffer, view.byteOffset + PAGE_HEADER_BYTES, dataBytes), filled);
    filled += dataBytes;
    number = next;
  }
  return number === 0 ? ok(value) : err(`a value that goes on at page ${number} after its end`);
}

/** Buckets of one doubling lie beside each other; `spares` says how far that group is moved by overflow pages. */
function readBuckets(meta: DataView, isLittleEndian: boolean, pageCount: number): Result<number[], string> {
  const bucketMax = meta.getUint32(72, isLittleEndian);
  if (bucketMax >= pageCount) return err(`${bucketMax + 1} buckets in ${pageCount} pages`);
  const pages: number[] = [];
  for (let bucket = 0; bucket <= bucketMax; bucket += 1) {
    const doubling = 32 - Math.clz32(bucket);
    if (doubling >= SPARES) return err(`bucket ${bucket}`);
    const page = bucket + meta.getUint32(SPARES_AT + doubling * 4, isLittleEndian);
    if (page === 0) return err(`bucket ${bucket} is on the meta page`);
    pages.push(page);
  }
  return ok(pages);
}

function readPage({ bytes, pageBytes, isLittleEndian }: BerkeleyFile, number: number): BerkeleyPage {
  const view = new DataView(bytes.buffer, bytes.byteOffset + number * pageBytes, pageBytes);
  return {
    number,
    view,
    type: view.getUint8(25),
    next: view.getUint32(16, isLittleEndian),
    entries: view.getUint16(20, isLittleEndian),
    dataBytes: view.getUint16(22, isLittleEndian),
  };
}
