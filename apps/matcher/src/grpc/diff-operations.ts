import type { DiffOperationsRequest, DiffOperationsResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { toVulnerability } from '../report/vulnerability.ts';
import { streamDiff } from '../stream-diff.ts';

/** @see proto/clair/matcher/v1/matcher.proto DiffOperations */
export async function* handleDiffOperations(
  deps: { readonly db: Database },
  request: DiffOperationsRequest,
): AsyncGenerator<DiffOperationsResponse> {
  const rows = streamDiff(deps.db, {
    after: request.after,
    through: request.through,
    feed: request.feed,
    includeFirstLoads: request.includeFirstLoads,
    includeKept: request.includeKept,
    includeRisen: request.includeRisen,
  });
  for await (const { change, row, text, risen } of rows) {
    yield { change, vulnerability: toVulnerability(row, text), risen };
  }
}
