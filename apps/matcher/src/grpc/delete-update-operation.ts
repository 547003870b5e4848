import type { DeleteUpdateOperationRequest, DeleteUpdateOperationResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { operationRef } from '../operation-ref.ts';
import { deleteOperation } from '../store/operations.ts';

/** Idempotent: an operation that is not there is as good as deleted. @see proto/clair/matcher/v1/matcher.proto DeleteUpdateOperation */
export async function handleDeleteUpdateOperation(
  deps: { readonly db: Database },
  request: DeleteUpdateOperationRequest,
): Promise<DeleteUpdateOperationResponse> {
  await deleteOperation(deps.db, operationRef(request.ref));
  return {};
}
