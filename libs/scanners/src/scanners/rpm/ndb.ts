import { err, ok, type Result } from '@clair/model';
import { adler32 } from './adler32.ts';
import type { HeaderRecord, RecordProblem } from './header-record.ts';

const HEADER_BYTES = 32;
const BLOCK_BYTES = 16;
const SLOT_BYTES = 16;
const SLOT_PAGE_BYTES = 4096;
const BLOB_HEAD_BYTES = 16;
const BLOB_TAIL_BYTES = 12;
const DATABASE_MAGIC = fourCharacters('RpmP');
const SLOT_MAGIC = fourCharacters('Slot');
const BLOB_HEAD_MAGIC = fourCharacters('BlbS');
const BLOB_TAIL_MAGIC = fourCharacters('BlbE');

interface Slot {
  readonly packageIndex: number;
  /** In bytes from the start of the file. */
  readonly from: number;
  readonly bytes: number;
}

/** Whether the bytes start as an NDB package database does. */
export function isNdb(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === DATABASE_MAGIC;
}

/**
 * The headers of an NDB database (`Packages.db`), in the order of the file. Slots must not overlap and every blob must
 * have the checksum it claims: anything else costs the database.
 * @see https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c
 */
export function* ndbRecords(bytes: Uint8Array): Generator<Result<HeaderRecord, RecordProblem>> {
  const slots = readSlots(bytes);
  if (!slots.ok) return yield corrupt(slots.error);
  for (const slot of slots.value) {
    const blob = readBlob(bytes, slot);
    if (!blob.ok) return yield corrupt(`package ${slot.packageIndex} at byte ${slot.from}: ${blob.error}`);
    yield ok({ at: `package ${slot.packageIndex}`, bytes: blob.value });
  }
}

/** The used slots by position. They lie in the first pages of the file, after its header, all with their magic. */
function readSlots(bytes: Uint8Array): Result<Slot[], string> {
  if (bytes.length < SLOT_PAGE_BYTES) return err(`cut off after ${bytes.length} bytes`);
  const view = viewOf(bytes);
  const version = view.getUint32(4, true);
  if (version !== 0) return err(`version ${version} of the format is not known`);
  const slotsEnd = view.getUint32(12, true) * SLOT_PAGE_BYTES;
  if (slotsEnd === 0 || slotsEnd > bytes.length) return err(`slots up to byte ${slotsEnd} of ${bytes.length}`);
  const slots: Slot[] = [];
  const indexes = new Set<number>();
  for (let at = HEADER_BYTES; at < slotsEnd; at += SLOT_BYTES) {
    if (view.getUint32(at, true) !== SLOT_MAGIC) return err(`no slot at byte ${at}`);
    const from = view.getUint32(at + 8, true) * BLOCK_BYTES;
    if (from === 0) continue;
    const slot = {
      packageIndex: view.getUint32(at + 4, true),
      from,
      bytes: view.getUint32(at + 12, true) * BLOCK_BYTES,
    };
    if (slot.packageIndex === 0 || from < slotsEnd) return err(`the slot at byte ${at} makes no sense`);
    if (from + slot.bytes > bytes.length) return err(`cut off: the slot at byte ${at} ends at ${from + slot.bytes}`);
    if (indexes.has(slot.packageIndex)) return err(`package ${slot.packageIndex} has two slots`);
    indexes.add(slot.packageIndex);
    slots.push(slot);
  }
  slots.sort((a, b) => a.from - b.from);
  const overlapping = slots.find(({ from }, i) => {
    const before = slots[i - 1];
    return before !== undefined && before.from + before.bytes > from;
  });
  return overlapping === undefined ? ok(slots) : err(`package ${overlapping.packageIndex} overlaps another`);
}

/** Head, data, padding, tail; the checksum covers all before the tail. */
function readBlob(bytes: Uint8Array, slot: Slot): Result<Uint8Array, string> {
  if (slot.bytes < BLOB_HEAD_BYTES + BLOB_TAIL_BYTES) return err(`only ${slot.bytes} bytes`);
  const view = viewOf(bytes);
  if (view.getUint32(slot.from, true) !== BLOB_HEAD_MAGIC) return err('no blob');
  const packageIndex = view.getUint32(slot.from + 4, true);
  if (packageIndex !== slot.packageIndex) return err(`the blob of package ${packageIndex}`);
  const length = view.getUint32(slot.from + 12, true);
  const needed = Math.ceil((BLOB_HEAD_BYTES + length + BLOB_TAIL_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
  if (needed !== slot.bytes) return err(`${length} bytes of data in ${slot.bytes}`);
  const tail = slot.from + slot.bytes - BLOB_TAIL_BYTES;
  if (view.getUint32(tail + 8, true) !== BLOB_TAIL_MAGIC) return err('a blob without its end');
  if (view.getUint32(tail + 4, true) !== length) return err('head and tail say different lengths');
  if (view.getUint32(tail, true) !== adler32(bytes.subarray(slot.from, tail))) return err('wrong checksum');
  return ok(bytes.subarray(slot.from + BLOB_HEAD_BYTES, slot.from + BLOB_HEAD_BYTES + length));
}

function corrupt(reason: string) {
  return err<RecordProblem>({ costs: 'database', reason });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** As a little-endian number. */
function fourCharacters(text: string): number {
  return [...text].reduceRight((sum, char) => sum * 256 + char.charCodeAt(0), 0);
}
