import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when `condition` holds; rejects after `withinMs` (default 30 s), saying what did not come about. */
export async function eventually(
  what: string,
  condition: () => Promise<boolean> | boolean,
  withinMs = 30_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(50);
  }
}
