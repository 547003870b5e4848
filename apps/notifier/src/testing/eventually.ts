import { setTimeout as delay } from 'node:timers/promises';

const STEP_MS = 20;

/** Resolves when `condition` holds; rejects after `withinMs`, saying what did not come about. */
export async function eventually(
  what: string,
  condition: () => Promise<boolean> | boolean,
  withinMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(STEP_MS);
  }
}
