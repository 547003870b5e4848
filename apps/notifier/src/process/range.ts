/** What the notifier needs to know of an update operation of the matcher. */
export interface Operation {
  readonly id: number;
  /** Some of what it brought is no news: its feed, or a namespace of it, was loaded for the first time. */
  readonly loadsNamespaces: boolean;
}

/** Operations (after, through], notified together. */
export interface OperationRange {
  readonly after: number;
  readonly through: number;
}

export type RangePlan =
  /** Nothing was ever notified: begin at the newest operation, so that nothing old is. */
  | { readonly kind: 'begin'; readonly at: number }
  | { readonly kind: 'idle' }
  /** The matcher's newest operation is older than the one notified: its database was made anew. */
  | { readonly kind: 'restart'; readonly at: number }
  | { readonly kind: 'diff'; readonly range: OperationRange };

/** The newest operation, 0 when there is none. */
export function newestOperation(operations: readonly Operation[]): number {
  return operations.reduce((newest, { id }) => Math.max(newest, id), 0);
}

/**
 * The next step from the last operation notified (`undefined`: none ever) towards the newest of `operations` (any order).
 *
 * A range ends at the first load of a feed or of a namespace. The matcher leaves the rows of first loads out of a diff; were an
 * update of that feed in the same range, its new rows would be there without the old ones they replace, and look like news.
 */
export function planRange(notified: number | undefined, operations: readonly Operation[]): RangePlan {
  const newest = newestOperation(operations);
  if (notified === undefined) return { kind: 'begin', at: newest };
  if (newest < notified) return { kind: 'restart', at: newest };
  if (newest === notified) return { kind: 'idle' };
  const firstLoads = operations
    .filter(({ id, loadsNamespaces }) => loadsNamespaces && id > notified)
    .map(({ id }) => id);
  return { kind: 'diff', range: { after: notified, through: Math.min(newest, ...firstLoads) } };
}

/**
 * Where to go on when the matcher no longer has the history back to `range.after`: the oldest operation it still lists
 * after that, else the end of the range. What lies between is not notified; the caller says so loudly.
 */
export function skipLostHistory(range: OperationRange, operations: readonly Operation[]): number {
  const known = operations.map(({ id }) => id).filter((id) => id > range.after);
  return Math.min(range.through, ...known);
}
