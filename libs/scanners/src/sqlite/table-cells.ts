import { err, ok, type Result } from '@clair/model';
import { type PageFile, pageOf } from './page-file.ts';
import { PageVisits } from './page-visits.ts';
import { readPayload } from './payload.ts';
import { malformed, type SqliteProblem } from './sqlite-problem.ts';
import { VarintReader } from './varint.ts';

const INTERIOR_TABLE = 5;
const LEAF_TABLE = 13;
const FILE_HEADER_BYTES = 100;
/** SQLite's own limit is 20 levels; a table of 2^31 pages needs fewer. */
const DEPTH_MAX = 20;

/** One row of a table, still encoded. */
export interface TableCell {
  readonly rowid: number | bigint;
  readonly payload: Uint8Array;
  readonly page: number;
}

interface OpenPage {
  readonly number: number;
  readonly view: DataView;
  /** Where the b-tree header starts: after the file header on page 1. */
  readonly from: number;
  readonly isLeaf: boolean;
  readonly cellCount: number;
  next: number;
  /** Bytes of cells read so far: more than a page has means that cells overlap. */
  cellBytes: number;
}

/**
 * The rows of the table b-tree with this root, in the order of their ids. Ends after the first error. Every page is
 * read at most once and cells of a page may not overlap, so that the work is linear in the size of the file.
 * @see https://www.sqlite.org/fileformat2.html#b_tree_pages
 */
export function* tableCells(file: PageFile, root: number): Generator<Result<TableCell, SqliteProblem>> {
  const visits = new PageVisits(file.pageCount);
  const stack: OpenPage[] = [];
  let last: number | bigint | undefined;
  let descend: number | undefined = root;
  while (descend !== undefined || stack.length > 0) {
    if (descend !== undefined) {
      const opened =
        stack.length < DEPTH_MAX ? openPage(file, descend, visits) : malformed('a table of too many levels');
      if (!opened.ok) return yield opened;
      stack.push(opened.value);
      descend = undefined;
    }
    const page = stack.at(-1);
    if (page === undefined) return;
    if (page.next > page.cellCount || (page.isLeaf && page.next === page.cellCount)) {
      stack.pop();
      continue;
    }
    if (!page.isLeaf) {
      const child = nextChild(file, page);
      if (!child.ok) return yield child;
      descend = child.value;
      continue;
    }
    const cell = nextCell(file, page, visits);
    if (!cell.ok) return yield cell;
    if (last !== undefined && cell.value.rowid <= last) {
      return yield malformed(`page ${page.number}: row ${cell.value.rowid} after row ${last}`);
    }
    last = cell.value.rowid;
    yield cell;
  }
}

function openPage(file: PageFile, number: number, visits: PageVisits): Result<OpenPage, SqliteProblem> {
  const bytes = pageOf(file, number);
  if (bytes === undefined) return malformed(`page ${number} of ${file.pageCount}`);
  if (!visits.enter(number)) return malformed(`page ${number} is used twice`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, file.usableBytes);
  const from = number === 1 ? FILE_HEADER_BYTES : 0;
  const type = view.getUint8(from);
  if (type !== INTERIOR_TABLE && type !== LEAF_TABLE)
    return malformed(`page ${number} is no table page (type ${type})`);
  const isLeaf = type === LEAF_TABLE;
  const cellCount = view.getUint16(from + 3);
  const pointersEnd = from + (isLeaf ? 8 : 12) + cellCount * 2;
  if (pointersEnd > file.usableBytes) return malformed(`page ${number} claims ${cellCount} cells`);
  return ok({ number, view, from, isLeaf, cellCount, next: 0, cellBytes: pointersEnd });
}

/** The children of an interior page: one a cell, and the right-most in the header. */
function nextChild(file: PageFile, page: OpenPage): Result<number, SqliteProblem> {
  const index = page.next;
  page.next += 1;
  if (index === page.cellCount) return ok(page.view.getUint32(page.from + 8));
  const at = page.view.getUint16(page.from + 12 + index * 2);
  if (at < page.from + 12 || at + 4 > file.usableBytes) return malformed(`page ${page.number}: cell ${index} at ${at}`);
  return ok(page.view.getUint32(at));
}

function nextCell(file: PageFile, page: OpenPage, visits: PageVisits): Result<TableCell, SqliteProblem> {
  const index = page.next;
  page.next += 1;
  const at = page.view.getUint16(page.from + 8 + index * 2);
  const bytes = new Uint8Array(page.view.buffer, page.view.byteOffset, file.usableBytes);
  const where = `page ${page.number}, cell ${index}`;
  if (at < page.from + 8 || at >= file.usableBytes) return malformed(`${where}: at ${at}`);
  const integers = new VarintReader(bytes, at);
  const payloadBytes = integers.nextLength();
  const rowid = integers.next();
  if (payloadBytes === undefined || rowid === undefined) return malformed(`${where}: cut off`);
  const payload = readPayload(file, { page: bytes, at: integers.at, payloadBytes }, visits);
  if (!payload.ok) return err({ ...payload.error, reason: `${where}: ${payload.error.reason}` });
  page.cellBytes += integers.at - at + payload.value.localBytes;
  if (page.cellBytes > file.usableBytes) return malformed(`page ${page.number}: cells overlap`);
  return ok({ rowid, payload: payload.value.bytes, page: page.number });
}
