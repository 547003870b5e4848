import { ApplyUpdateRequest } from '@clair/contracts';
import type { Package } from '@clair/model';

export const LOAD_OPERATIONS = 40;
/** Advisories of the first load that each later operation withdraws, and as many that it makes graver. */
const ENDED = 3;
const ADDED = 5;

export type OperationPackages = readonly Package[];

/**
 * The operations of one feed: 0 is its first load, each other one adds some advisories, withdraws some of the first load and
 * makes others graver. No two of them touch the same advisory, so that it makes no difference how many are notified together.
 */
export function loadOperation(operation: number, packages: OperationPackages): readonly ApplyUpdateRequest[] {
  const fingerprint = `operation ${operation}`;
  const message = (value: ApplyUpdateRequest['message']) => ApplyUpdateRequest.fromPartial({ message: value });
  const header = { feed: 'faults', fingerprint, fetchedAt: '2026-01-01T00:00:00Z', staleAfterHours: 24 };
  const advisories = operation === 0 ? firstLoad(packages) : changesOf(operation, packages);
  const from = operation * 2 * ENDED;
  const endedKeys = operation === 0 ? [] : Array.from({ length: ENDED }, (_, index) => `OLD-${from + index}`);
  const namespaces = [...new Set(packages.map(({ namespace }) => namespace))];
  const partition = { name: 'all', fingerprint, namespaces, removed: false, rejectedRecords: 0, baseFingerprint: '' };
  return [
    message({ $case: 'header', value: header }),
    message({ $case: 'partition', value: { ...partition, changesOnly: operation > 0, endedKeys } }),
    ...advisories.map((value) => ApplyUpdateRequest.fromPartial({ message: { $case: 'advisory', value } })),
    message({ $case: 'commit', value: { advisories: advisories.length } }),
  ];
}

function firstLoad(packages: OperationPackages) {
  return Array.from({ length: (LOAD_OPERATIONS + 1) * 2 * ENDED }, (_, index) =>
    advisoryOf(`OLD-${index}`, packages[index % packages.length], 'Low'),
  );
}

function changesOf(operation: number, packages: OperationPackages) {
  const raised = Array.from({ length: ENDED }, (_, index) => operation * 2 * ENDED + ENDED + index);
  const added = Array.from({ length: ADDED }, (_, index) => operation * ADDED + index);
  return [
    ...raised.map((index) => advisoryOf(`OLD-${index}`, packages[index % packages.length], 'Critical')),
    ...added.map((index) => advisoryOf(`NEW-${index}`, packages[index % packages.length], index % 2 ? 'High' : 'Low')),
  ];
}

function advisoryOf(key: string, one: Package | undefined, normalizedSeverity: string) {
  const affected = {
    namespace: one?.namespace ?? '',
    package: one?.name ?? '',
    packageKind: 'binary',
    scheme: one?.scheme ?? '',
    range: { fixed: '9999:1-1' },
    status: 'affected',
    fixState: 'fixed',
    normalizedSeverity,
  };
  return { key, name: key, description: `About ${one?.name}.`, affected: [affected] };
}
