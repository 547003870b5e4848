/**
 * The results of `work` in the order of `items`, with at most `concurrency` of them in hand. When one rejects, no more are
 * begun, and it rejects with the first reason after those in hand have ended: nothing of it runs on behind the caller.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  let failure: { readonly reason: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      try {
        results.set(index, await work(item, index));
      } catch (reason) {
        failure ??= { reason };
      }
      if (failure !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, worker));
  if (failure !== undefined) throw failure.reason;
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
