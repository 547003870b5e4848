import type { ApplyUpdateRequest, MatcherServiceClient } from '@clair/contracts';
import { MalformedDocument } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { inflate } from '../documents/inflate.ts';
import { decodeDelimited } from '../run/spool.ts';
import { BUNDLE_MAGIC } from './bundle-format.ts';

export interface ImportedFeed {
  readonly feed: string;
  readonly changed: boolean;
  readonly operation: number;
}

/**
 * Applies the updates of a bundle, each in one transaction of the matcher. The error is a sentence, also of a bundle without feeds; feeds before it were
 * applied, the feed it broke in was not. Idempotent: an update that the matcher has already changes nothing.
 */
export async function readBundle(
  source: AsyncIterable<Uint8Array>,
  matcher: MatcherServiceClient,
  signal: AbortSignal,
): Promise<Result<ImportedFeed[], string>> {
  const body = await withoutMagic(source);
  if (body === undefined) return err('this is no bundle of clairctl export-updaters, or one of a newer version');
  const imported: ImportedFeed[] = [];
  try {
    const messages = decodeDelimited(inflate(body));
    for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
      const first = next.value;
      if (first.message?.$case !== 'header')
        return err('the bundle is damaged: an update does not begin with its header');
      const answer = await matcher.applyUpdate(oneUpdate(first, messages), { signal });
      imported.push({ feed: first.message.value.feed, changed: !answer.unchanged, operation: answer.operation });
    }
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof MalformedDocument)) throw error;
    return err(`the bundle is damaged: ${error.message}`);
  }
  return imported.length === 0 ? err('the bundle holds no feed: none could be fetched when it was made') : ok(imported);
}

/** The messages up to and with the commit; those after it are left for the next update. */
async function* oneUpdate(
  first: ApplyUpdateRequest,
  messages: AsyncGenerator<ApplyUpdateRequest>,
): AsyncGenerator<ApplyUpdateRequest> {
  yield first;
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    yield next.value;
    if (next.value.message?.$case === 'commit') return;
  }
  throw new RangeError('it ends in the middle of an update');
}

async function withoutMagic(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < BUNDLE_MAGIC.length) {
    const next = await chunks.next();
    if (next.done === true) return undefined;
    head = Buffer.concat([head, next.value]);
  }
  if (!head.subarray(0, BUNDLE_MAGIC.length).equals(BUNDLE_MAGIC)) return undefined;
  const rest = head.subarray(BUNDLE_MAGIC.length);
  return (async function* () {
    // zstd takes an empty stream for an empty document, which no bundle is.
    let bytes = rest.length;
    yield rest;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      bytes += next.value.length;
      yield next.value;
    }
    if (bytes === 0) throw new RangeError('it ends after its first line');
  })();
}
