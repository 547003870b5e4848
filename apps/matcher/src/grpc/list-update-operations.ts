import type { ListUpdateOperationsRequest, ListUpdateOperationsResponse, UpdateOperation } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { listOperations, type StoredOperation } from '../store/operations.ts';

/** Newest first. @see proto/clair/matcher/v1/matcher.proto ListUpdateOperations */
export async function handleListUpdateOperations(
  deps: { readonly db: Database },
  request: ListUpdateOperationsRequest,
): Promise<ListUpdateOperationsResponse> {
  const operations = await listOperations(deps.db, request);
  return { operations: operations.map(toOperation) };
}

function toOperation(operation: StoredOperation): UpdateOperation {
  return {
    id: operation.id,
    ref: operation.ref,
    feed: operation.feed,
    fingerprint: operation.fingerprint,
    date: operation.date.toISOString(),
    firstLoad: operation.firstLoad,
    loadsNamespaces: operation.loadsNamespaces,
  };
}
