import { Unavailable } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { CONTRACT_REDELIVERY, deleted, describeEventBus } from './bus.contract.ts';
import type { Outcome } from './bus.ts';
import { createInProcessBus, type DeadLetter } from './index.ts';

const log = { error: () => undefined, warn: () => undefined, info: () => undefined };
const options = { log, redelivery: CONTRACT_REDELIVERY };
const DONE: Outcome = { kind: 'done' };

describeEventBus('the in-process bus', async () => createInProcessBus(options));

describe('the in-process bus alone', () => {
  it('resolves publish when the last subscriber has dealt with the event', async () => {
    const bus = createInProcessBus(options);
    const dealt: string[] = [];
    const after = (name: string, ms: number) => async (): Promise<Outcome> => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      dealt.push(name);
      return DONE;
    };
    await bus.subscribe({ durable: 'fast', subjects: ['clair.v1.>'], handle: after('fast', 1) });
    await bus.subscribe({ durable: 'slow', subjects: ['clair.v1.>'], handle: after('slow', 40) });
    await bus.publish(deleted(1));
    expect(dealt).toEqual(['fast', 'slow']);
    await bus.close();
  });

  it('takes nothing while it is held', async () => {
    const bus = createInProcessBus({ ...options, held: true });
    const seen: string[] = [];
    expect(bus.healthy()).toBe(false);
    await expect(bus.publish(deleted(1))).rejects.toThrow(Unavailable);
    const handle = async ({ id }: { id: string }) => {
      seen.push(id);
      return DONE;
    };
    await bus.subscribe({ durable: 'a', subjects: ['clair.v1.>'], handle });
    bus.release();
    expect(bus.healthy()).toBe(true);
    await bus.publish(deleted(1));
    expect(seen).toEqual([deleted(1).id]);
    await bus.close();
    bus.release();
    expect(bus.healthy()).toBe(false);
  });

  it('does not ask again those who were done when the publisher has to publish again', async () => {
    const bus = createInProcessBus(options);
    const done: string[] = [];
    const handle = async ({ id }: { id: string }) => {
      done.push(id);
      return DONE;
    };
    await bus.subscribe({ durable: 'done', subjects: ['clair.v1.>'], handle });
    const retrying = await bus.subscribe({
      durable: 'retrying',
      subjects: ['clair.v1.>'],
      handle: async () => ({ kind: 'retry', afterMs: 60_000, reason: 'database away' }),
    });
    const published = expect(bus.publish(deleted(1))).rejects.toThrow(Unavailable);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await retrying.stop();
    await published;
    const later: string[] = [];
    await bus.subscribe({
      durable: 'retrying',
      subjects: ['clair.v1.>'],
      handle: async ({ id }) => {
        later.push(id);
        return DONE;
      },
    });
    await bus.publish(deleted(1));
    expect(done).toEqual([deleted(1).id]);
    expect(later).toEqual([deleted(1).id]);
    await bus.close();
  });

  it('tells of every dead letter', async () => {
    const letters: DeadLetter[] = [];
    const bus = createInProcessBus({ ...options, onDeadLetter: (letter) => letters.push(letter) });
    const handle = async (): Promise<Outcome> => ({ kind: 'poison', reason: 'bad' });
    await bus.subscribe({ durable: 'a', subjects: ['clair.v1.>'], handle });
    await bus.publish(deleted(1));
    expect(letters).toMatchObject([{ subscriber: 'a', reason: 'bad', deliveries: 1 }]);
    await bus.close();
  });
});
