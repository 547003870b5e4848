import { err, ok, type Result } from '@clair/model';
import {
  type BerkeleyFile,
  type BerkeleyPage,
  countUnvisited,
  enterPage,
  openBerkeley,
  PAGE_HEADER_BYTES,
  readOverflow,
} from './berkeley-pages.ts';
import type { HeaderRecord, RecordProblem } from './header-record.ts';

const UNSORTED_HASH_PAGE = 2;
const HASH_PAGE = 13;
const HASH_PAGES: ReadonlySet<number> = new Set([UNSORTED_HASH_PAGE, HASH_PAGE]);
const UNUSED_PAGE = 0;
const ON_PAGE = 1;
const OFF_PAGE = 3;
const OFF_PAGE_BYTES = 12;
const KEY_BYTES = 4;

/**
 * The headers of a Berkeley DB hash database (`Packages`), bucket by bucket. Keys are record numbers; number 0 holds
 * the highest one given out. A header lies on its hash page when it is small, else on overflow pages.
 * @see https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/lib/backend/bdb_ro.c
 */
export function* berkeleyRecords(bytes: Uint8Array): Generator<Result<HeaderRecord, RecordProblem>> {
  const file = openBerkeley(bytes);
  if (!file.ok) return yield corrupt(file.error);
  for (const first of file.value.bucketPages) {
    for (let number = first; number !== 0; ) {
      const page = enterPage(file.value, number);
      if (!page.ok) return yield corrupt(page.error);
      for (const record of pageRecords(file.value, page.value)) {
        yield record;
        if (!record.ok) return;
      }
      number = page.value.next;
    }
  }
  const lost = countUnvisited(file.value, HASH_PAGES);
  if (lost > 0) yield err({ costs: 'record', reason: `${lost} pages with records are in no bucket` });
}

/** Ends after the first error. */
function* pageRecords(file: BerkeleyFile, page: BerkeleyPage): Generator<Result<HeaderRecord, RecordProblem>> {
  const where = `page ${page.number}`;
  if (page.type === UNUSED_PAGE && page.entries === 0) return;
  if (!HASH_PAGES.has(page.type)) return yield corrupt(`${where} has type ${page.type}, where a bucket is`);
  const items = readItems(file, page);
  if (!items.ok) return yield corrupt(`${where}: ${items.error}`);
  for (let i = 0; i + 1 < items.value.length; i += 2) {
    const [key, value] = items.value.slice(i, i + 2);
    const record = key === undefined || value === undefined ? err('no value') : readRecord(file, key, value);
    if (!record.ok) return yield corrupt(`${where}, entry ${i}: ${record.error}`);
    if (record.value !== undefined) yield ok(record.value);
  }
}

/** The items of a page, keys and values in turn. They fill it from its end, so that each ends where the one before starts. */
function readItems(file: BerkeleyFile, { view, entries }: BerkeleyPage): Result<Uint8Array[], string> {
  const indexEnd = PAGE_HEADER_BYTES + entries * 2;
  if (entries % 2 !== 0 || indexEnd > file.pageBytes) return err(`${entries} entries`);
  const items: Uint8Array[] = [];
  let end = file.pageBytes;
  for (let i = 0; i < entries; i += 1) {
    const from = view.getUint16(PAGE_HEADER_BYTES + i * 2, file.isLittleEndian);
    if (from < indexEnd || from >= end) return err(`entry ${i} from byte ${from} to ${end}`);
    items.push(new Uint8Array(view.buffer, view.byteOffset + from, end - from));
    end = from;
  }
  return ok(items);
}

/** `undefined` for the record that is none. */
function readRecord(file: BerkeleyFile, key: Uint8Array, value: Uint8Array): Result<HeaderRecord | undefined, string> {
  if (key[0] !== ON_PAGE || key.length !== 1 + KEY_BYTES) return err('a key that is no record number');
  const number = new DataView(key.buffer, key.byteOffset).getUint32(1, file.isLittleEndian);
  if (number === 0) return ok(undefined);
  const at = `record ${number}`;
  if (value[0] === ON_PAGE) return ok({ at, bytes: value.subarray(1) });
  if (value[0] !== OFF_PAGE || value.length !== OFF_PAGE_BYTES) return err(`${at} has a value of type ${value[0]}`);
  const place = new DataView(value.buffer, value.byteOffset);
  const first = place.getUint32(4, file.isLittleEndian);
  const header = readOverflow(file, first, place.getUint32(8, file.isLittleEndian));
  return header.ok ? ok({ at, bytes: header.value }) : err(`${at}: ${header.error}`);
}

function corrupt(reason: string) {
  return err<RecordProblem>({ costs: 'database', reason });
}
