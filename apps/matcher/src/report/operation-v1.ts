import type { StoredOperation } from '../store/operations.ts';

/** An update operation as Clair's JSON has it. */
export interface OperationV1 {
  readonly ref: string;
  readonly updater: string;
  readonly fingerprint: string;
  readonly date: string;
  readonly kind: string;
}

export function operationV1(operation: StoredOperation): OperationV1 {
  return {
    ref: operation.ref,
    updater: operation.feed,
    fingerprint: operation.fingerprint,
    date: operation.date.toISOString(),
    kind: operation.kind,
  };
}

/** What Clair sends in the place of a previous operation when none was named: the zero value of its struct. */
export const NO_OPERATION: OperationV1 = {
  ref: '00000000-0000-0000-0000-000000000000',
  updater: '',
  fingerprint: '',
  date: '0001-01-01T00:00:00Z',
  kind: '',
};
