import type { Database } from '@clair/postgres';
import { NO_OPERATION, operationV1 } from '../report/operation-v1.ts';
import { vulnerabilityToV1 } from '../report/v1.ts';
import { toVulnerability } from '../report/vulnerability.ts';
import type { ChangedRow } from '../store/diff.ts';
import type { StoredOperation } from '../store/operations.ts';
import { streamDiff, streamLive } from '../stream-diff.ts';

/**
 * Clair's update diff, as text in pieces: the whole of a feed may be in it. Rows that say "not affected" are left out: in Clair's shape
 * they would be vulnerabilities without a fix. Without `previous`, all that the feed said
 * as of `current` is added. A `previous` that is newer than `current` gives the difference the other way round. Rejects
 * before the first piece when the history does not reach that far.
 */
export async function diffBody(
  db: Database,
  previous: StoredOperation | undefined,
  current: StoredOperation,
): Promise<AsyncIterable<string>> {
  const changes = changesBetween(db, previous, current)[Symbol.asyncIterator]();
  const first = await changes.next();
  const head = JSON.stringify({
    prev: previous === undefined ? NO_OPERATION : operationV1(previous),
    cur: operationV1(current),
  });
  return pieces(head, first, changes);
}

function changesBetween(
  db: Database,
  previous: StoredOperation | undefined,
  current: StoredOperation,
): AsyncIterable<ChangedRow> {
  if (previous === undefined) return streamLive(db, { feed: current.feed, operation: current.id });
  const [after, through] = [Math.min(previous.id, current.id), Math.max(previous.id, current.id)];
  const forward = streamDiff(db, {
    after,
    through,
    feed: current.feed,
    includeFirstLoads: true,
    includeKept: false,
    includeRisen: false,
  });
  return previous.id <= current.id ? forward : reversed(forward);
}

async function* reversed(rows: AsyncIterable<ChangedRow>): AsyncGenerator<ChangedRow> {
  for await (const row of rows) yield { ...row, change: row.change === 'added' ? 'removed' : 'added' };
}

/** Added rows come as they are read; the removed ones, few beside them, wait for their place in the document. */
async function* pieces(
  head: string,
  first: IteratorResult<ChangedRow>,
  rest: AsyncIterator<ChangedRow>,
): AsyncGenerator<string> {
  const removed: string[] = [];
  let separator = '';
  yield `${head.slice(0, -1)},"added":[`;
  for (let next = first; next.done !== true; next = await rest.next()) {
    const { change, row, text } = next.value;
    if (row.affected.status === 'not-affected') continue;
    const json = JSON.stringify(vulnerabilityToV1(toVulnerability(row, text)));
    if (change === 'removed') {
      removed.push(json);
      continue;
    }
    yield separator + json;
    separator = ',';
  }
  yield `],"removed":[${removed.join(',')}]}`;
}
