import { describe, expect, it } from 'vitest';
import { createLogger } from '../logging/logger.ts';
import { type RunOptions, runUntilSignal, type SignalSource } from './run-until-signal.ts';

class FakeSignals implements SignalSource {
  readonly exits: number[] = [];
  readonly #listeners = new Set<() => void>();
  on(_signal: string, listener: () => void): void {
    this.#listeners.add(listener);
  }
  off(_signal: string, listener: () => void): void {
    this.#listeners.delete(listener);
  }
  exit(code: number): void {
    this.exits.push(code);
  }
  send(): void {
    for (const listener of this.#listeners) listener();
  }
  get listening(): number {
    return this.#listeners.size;
  }
}

const log = createLogger({ level: 'panic', name: 'test', destination: { write: () => undefined } });

function runWith(steps: string[], signals: FakeSignals, overrides: Partial<RunOptions> = {}) {
  return runUntilSignal({
    start: async () => void steps.push('start'),
    notReady: () => void steps.push('not ready'),
    stop: async () => void steps.push('stop'),
    graceMs: 20,
    log,
    signals,
    ...overrides,
  });
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('runUntilSignal', () => {
  it('starts, and stops in order after the signal', async () => {
    const [steps, signals]: [string[], FakeSignals] = [[], new FakeSignals()];
    const running = runWith(steps, signals);
    await soon();
    expect(steps).toEqual(['start']);
    signals.send();
    expect(await running).toBe(0);
    expect(steps).toEqual(['start', 'not ready', 'stop']);
    expect(signals.listening).toBe(0);
  });

  it('exits at once at the second signal', async () => {
    const signals = new FakeSignals();
    const stopped = Promise.withResolvers<void>();
    const running = runWith([], signals, { stop: () => stopped.promise, graceMs: 10_000 });
    await soon();
    signals.send();
    await soon();
    signals.send();
    expect(signals.exits).toEqual([130]);
    stopped.resolve();
    expect(await running).toBe(0);
  });

  it('gives up on a stop that takes too long', async () => {
    const signals = new FakeSignals();
    const running = runWith([], signals, { stop: () => new Promise(() => undefined) });
    await soon();
    signals.send();
    expect(await running).toBe(1);
  });

  it('is 1 when stopping fails', async () => {
    const signals = new FakeSignals();
    const running = runWith([], signals, { stop: () => Promise.reject(new Error('no')) });
    await soon();
    signals.send();
    expect(await running).toBe(1);
  });

  it('stops what a failed start has left, and rejects with its error', async () => {
    const [steps, signals]: [string[], FakeSignals] = [[], new FakeSignals()];
    await expect(runWith(steps, signals, { start: () => Promise.reject(new Error('no port')) })).rejects.toThrow(
      'no port',
    );
    expect(steps).toEqual(['stop']);
    expect(signals.listening).toBe(0);
  });

  it('tells a start that is asked to stop', async () => {
    const [steps, signals]: [string[], FakeSignals] = [[], new FakeSignals()];
    const start = (signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const running = runWith(steps, signals, { start });
    await soon();
    signals.send();
    expect(await running).toBe(0);
    expect(steps.filter((step) => step === 'stop')).toHaveLength(1);
  });
});
