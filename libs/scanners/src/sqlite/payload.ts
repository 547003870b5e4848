import { ok, type Result } from '@clair/model';
import { type PageFile, pageOf } from './page-file.ts';
import type { PageVisits } from './page-visits.ts';
import { malformed, type SqliteProblem } from './sqlite-problem.ts';

/** Where the payload of a cell starts. */
export interface PayloadPlace {
  readonly page: Uint8Array;
  readonly at: number;
  readonly payloadBytes: number;
}

/** A payload, and how much of it (with the pointer to the rest) lies on the page itself. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly localBytes: number;
}

/**
 * The payload of a cell of a table leaf, put together from its overflow pages where it has any; otherwise it shares
 * memory with the page. @see https://www.sqlite.org/fileformat2.html#cell_payload_overflow_pages
 */
export function readPayload(
  file: PageFile,
  { page, at, payloadBytes }: PayloadPlace,
  visits: PageVisits,
): Result<Payload, SqliteProblem> {
  if (payloadBytes > file.pageCount * file.usableBytes) return malformed(`${payloadBytes} bytes of payload`);
  const local = localBytes(payloadBytes, file.usableBytes);
  if (local === payloadBytes) {
    if (at + local > page.length) return malformed('reaches beyond its page');
    return ok({ bytes: page.subarray(at, at + local), localBytes: local });
  }
  if (at + local + 4 > page.length) return malformed('reaches beyond its page');
  const bytes = new Uint8Array(payloadBytes);
  bytes.set(page.subarray(at, at + local));
  let next = new DataView(page.buffer, page.byteOffset).getUint32(at + local);
  for (let filled = local; filled < payloadBytes; ) {
    const overflow = pageOf(file, next);
    if (overflow === undefined) return malformed(`overflow page ${next} of ${file.pageCount}`);
    if (!visits.enter(next)) return malformed(`overflow page ${next} is used twice`);
    const part = overflow.subarray(4, Math.min(file.usableBytes, 4 + payloadBytes - filled));
    bytes.set(part, filled);
    filled += part.length;
    next = new DataView(overflow.buffer, overflow.byteOffset).getUint32(0);
  }
  if (next !== 0) return malformed(`goes on at page ${next} after its end`);
  return ok({ bytes, localBytes: local + 4 });
}

/** How much of a payload a table leaf keeps: all of it, or what fills the last overflow page best. */
function localBytes(payloadBytes: number, usableBytes: number): number {
  if (payloadBytes <= usableBytes - 35) return payloadBytes;
  const min = Math.floor(((usableBytes - 12) * 32) / 255) - 23;
  const fitting = min + ((payloadBytes - min) % (usableBytes - 4));
  return fitting <= usableBytes - 35 ? fitting : min;
}
