/** How a made Berkeley DB hash database is laid out. */
export interface BerkeleyLayout {
  readonly isLittleEndian: boolean;
  readonly pageBytes: number;
  readonly buckets: number;
}

interface MadePage {
  readonly type: number;
  next: number;
  /** Of a hash page: keys and values in turn. */
  readonly items: Uint8Array[];
  /** Of an overflow page. */
  readonly data: Uint8Array;
}

const PAGE_HEADER_BYTES = 26;

/**
 * A hash database with these headers as records 1, 2, … and a record 0, dealt out to the buckets in turn. Bucket pages
 * come first (so that all `spares` are 1), then their continuations and overflow pages as they are needed. Headers
 * of less than a quarter of a page are kept on the hash page, as Berkeley DB does.
 */
export function berkeleyBytes(headers: readonly Uint8Array[], layout: BerkeleyLayout): Uint8Array {
  const pages: MadePage[] = Array.from({ length: layout.buckets }, hashPage);
  const records = [littleOrBig(headers.length, layout), ...headers];
  for (const [number, header] of records.entries()) {
    const key = Uint8Array.from([1, ...littleOrBig(number, layout)]);
    const isSmall = header.length < layout.pageBytes / 4;
    const value = isSmall ? Uint8Array.from([1, ...header]) : offPage(pages, header, layout);
    place(pages, number % layout.buckets, [key, value], layout);
  }
  const bytes = new Uint8Array((pages.length + 1) * layout.pageBytes);
  writeMeta(new DataView(bytes.buffer), pages.length, layout);
  for (const [i, page] of pages.entries()) writePage(bytes, i + 1, page, layout);
  return bytes;
}

function hashPage(): MadePage {
  return { type: 13, next: 0, items: [], data: new Uint8Array() };
}

/** Page numbers count from 1, behind the meta page; a page is at its number less one in `pages`. */
function offPage(pages: MadePage[], value: Uint8Array, layout: BerkeleyLayout): Uint8Array {
  const room = layout.pageBytes - PAGE_HEADER_BYTES;
  const first = pages.length + 1;
  for (let from = 0; from < value.length; from += room) {
    const isLast = from + room >= value.length;
    pages.push({ type: 7, next: isLast ? 0 : pages.length + 2, items: [], data: value.subarray(from, from + room) });
  }
  return Uint8Array.from([3, 0, 0, 0, ...littleOrBig(first, layout), ...littleOrBig(value.length, layout)]);
}

function place(pages: MadePage[], bucket: number, pair: readonly Uint8Array[], layout: BerkeleyLayout): void {
  let page = pages[bucket];
  while (page !== undefined && page.next !== 0) page = pages[page.next - 1];
  if (page === undefined) throw new Error('the bucket has a page');
  const used = [...page.items, ...pair].reduce((sum, item) => sum + item.length + 2, PAGE_HEADER_BYTES);
  if (used > layout.pageBytes) {
    page.next = pages.length + 1;
    page = hashPage();
    pages.push(page);
  }
  page.items.push(...pair);
}

function writeMeta(view: DataView, lastPage: number, { isLittleEndian, pageBytes, buckets }: BerkeleyLayout): void {
  view.setUint32(12, 0x061561, isLittleEndian);
  view.setUint32(16, 9, isLittleEndian);
  view.setUint32(20, pageBytes, isLittleEndian);
  view.setUint8(25, 8);
  view.setUint32(32, lastPage, isLittleEndian);
  view.setUint32(72, buckets - 1, isLittleEndian);
  for (let i = 0; i < 32; i += 1) view.setUint32(96 + i * 4, 1, isLittleEndian);
}

function writePage(bytes: Uint8Array, number: number, page: MadePage, layout: BerkeleyLayout): void {
  const from = number * layout.pageBytes;
  const view = new DataView(bytes.buffer, from, layout.pageBytes);
  view.setUint32(8, number, layout.isLittleEndian);
  view.setUint32(16, page.next, layout.isLittleEndian);
  view.setUint16(20, page.items.length, layout.isLittleEndian);
  view.setUint16(22, page.data.length, layout.isLittleEndian);
  view.setUint8(25, page.type);
  bytes.set(page.data, from + PAGE_HEADER_BYTES);
  let end = layout.pageBytes;
  for (const [i, item] of page.items.entries()) {
    end -= item.length;
    bytes.set(item, from + end);
    view.setUint16(PAGE_HEADER_BYTES + i * 2, end, layout.isLittleEndian);
  }
}

function littleOrBig(value: number, { isLittleEndian }: BerkeleyLayout): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, isLittleEndian);
  return bytes;
}
