import { MANIFEST_DELETED, makeEvent } from '@clair/contracts';
import { Bug, Unavailable } from '@clair/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventBus, Outcome } from './bus.ts';
import type { DeadLetterBus } from './dead-letter.ts';
import type { RedeliveryPolicy } from './redelivery.ts';

/** What the buses under test are made with. */
export const CONTRACT_REDELIVERY: RedeliveryPolicy = { deliveriesMax: 3, backoffMs: [20] };

const DONE: Outcome = { kind: 'done' };
const ALL = { lettersMax: 100 };

type Event = Parameters<EventBus['publish']>[0];

export function digestOf(index: number): string {
  return `sha256:${index.toString(16).padStart(64, '0')}`;
}

/** The event that says that manifest number `index` is deleted. */
export function deleted(index: number): Event {
  return makeEvent(MANIFEST_DELETED, { manifest: digestOf(index) }, { source: '/test', timeMs: 0 });
}

/** An event of another aggregate. */
export function custom(type: string, index = 0): Event {
  return { ...deleted(index), type, id: `${type}-${index}` };
}

/** As an outbox does: again until it is taken. */
async function publishFirmly(bus: EventBus, event: Event): Promise<void> {
  await vi.waitFor(() => bus.publish(event), { timeout: 10_000, interval: 50 });
}

async function until(condition: () => void): Promise<void> {
  await vi.waitFor(condition, { timeout: 15_000, interval: 20 });
}

/** A moment in which nothing more should happen. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 150));
}

/** What every bus promises. `open` gives a fresh one, without events or subscribers, made with {@link CONTRACT_REDELIVERY}. */
export function describeEventBus(name: string, open: () => Promise<DeadLetterBus>): void {
  describe(name, () => {
    let bus: DeadLetterBus;
    beforeEach(async () => {
      bus = await open();
    });
    afterEach(async () => {
      await bus.close();
    });

    const recorder = async (durable: string, subjects: readonly string[], answer?: (event: Event) => Outcome) => {
      const seen: string[] = [];
      const subscription = await bus.subscribe({
        durable,
        subjects,
        handle: async (event) => {
          seen.push(event.id);
          return answer?.(event) ?? DONE;
        },
      });
      return { seen, subscription };
    };

    describeDelivery(() => bus, recorder);
    describeRetries(() => bus, recorder);
    describeLifecycle(() => bus, recorder);
  });
}

type Recorder = (
  durable: string,
  subjects: readonly string[],
  answer?: (event: Event) => Outcome,
) => Promise<{ seen: string[]; subscription: { stop(): Promise<void> } }>;

function describeDelivery(bus: () => DeadLetterBus, recorder: Recorder): void {
  it('delivers to every subscriber that asked for the subject, and to no other', async () => {
    const [a, b, c, d] = [
      await recorder('a', ['clair.v1.manifest.deleted']),
      await recorder('b', ['clair.v1.manifest.*']),
      await recorder('c', ['clair.v1.advisories.changed', 'clair.v1.manifest.>']),
      await recorder('d', ['clair.v1.advisories.changed', 'clair.v1.notification.created']),
    ];
    await bus().publish(deleted(1));
    await bus().publish(custom('clair.v1.layer.lost'));
    await until(() => {
      for (const { seen } of [a, b, c]) expect(seen).toEqual([deleted(1).id]);
    });
    await quiet();
    expect(d.seen).toEqual([]);
    expect(c.seen).toHaveLength(1);
  });

  it('hands over the event as it was published', async () => {
    const seen: Event[] = [];
    const handle = async (event: Event) => {
      seen.push(event);
      return DONE;
    };
    await bus().subscribe({ durable: 'a', subjects: ['clair.v1.>'], handle });
    await bus().publish(deleted(7));
    await until(() => expect(seen).toEqual([deleted(7)]));
  });

  it('takes an event that is published twice once', async () => {
    const { seen } = await recorder('a', ['clair.v1.>']);
    await Promise.all([bus().publish(deleted(1)), bus().publish(deleted(1))]);
    await bus().publish(deleted(1));
    await bus().publish(deleted(2));
    await until(() => expect(seen).toContain(deleted(2).id));
    await quiet();
    expect(seen).toEqual([deleted(1).id, deleted(2).id]);
  });

  it('keeps the order, one event at a time', async () => {
    const seen: string[] = [];
    let inHand = 0;
    let inHandMax = 0;
    const handle = async (event: Event) => {
      inHand += 1;
      inHandMax = Math.max(inHandMax, inHand);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inHand -= 1;
      seen.push(event.id);
      return DONE;
    };
    await bus().subscribe({ durable: 'a', subjects: ['clair.v1.>'], handle });
    const events = Array.from({ length: 20 }, (_, index) => deleted(index));
    const published = events.map((event) => bus().publish(event));
    await Promise.all(published);
    await until(() => expect(seen).toHaveLength(20));
    expect(seen).toEqual(events.map((event) => event.id));
    expect(inHandMax).toBe(1);
  });

  it('shares the events of one name among those who have it', async () => {
    const first = await recorder('shared', ['clair.v1.>']);
    const second = await recorder('shared', ['clair.v1.>']);
    for (let index = 0; index < 10; index += 1) await bus().publish(deleted(index));
    await until(() => expect(first.seen.length + second.seen.length).toBe(10));
    await quiet();
    expect(new Set([...first.seen, ...second.seen]).size).toBe(10);
    expect(first.seen.length + second.seen.length).toBe(10);
  });

  it('refuses what is not an event, and names that cannot be', async () => {
    await expect(bus().publish(custom('elsewhere.v1.a.b'))).rejects.toThrow(Bug);
    await expect(bus().publish({ ...deleted(1), id: '' })).rejects.toThrow(Bug);
    await expect(recorder('a.b', ['clair.v1.>'])).rejects.toThrow(Bug);
  });
}

function describeRetries(bus: () => DeadLetterBus, recorder: Recorder): void {
  it('asks again after the wait that the handler wished, and only that subscriber', async () => {
    const atMs: number[] = [];
    const handle = async (): Promise<Outcome> => {
      atMs.push(performance.now());
      return atMs.length < 3 ? { kind: 'retry', afterMs: 120, reason: 'not yet' } : DONE;
    };
    await bus().subscribe({ durable: 'slow', subjects: ['clair.v1.>'], handle });
    const other = await recorder('other', ['clair.v1.>']);
    await bus().publish(deleted(1));
    await until(() => expect(atMs).toHaveLength(3));
    await quiet();
    expect(other.seen).toEqual([deleted(1).id]);
    const [first = 0, second = 0, third = 0] = atMs;
    expect(second - first).toBeGreaterThanOrEqual(110);
    expect(third - second).toBeGreaterThanOrEqual(110);
    expect(await bus().listDeadLetters(ALL)).toEqual([]);
  });

  it('takes a throw as a wish to be asked again', async () => {
    const { seen } = await recorder('a', ['clair.v1.>'], () => {
      if (seen.length === 1) throw new Error('crash');
      return DONE;
    });
    await bus().publish(deleted(1));
    await until(() => expect(seen).toEqual([deleted(1).id, deleted(1).id]));
  });

  it('makes poison a dead letter at once, and goes on', async () => {
    const { seen } = await recorder('a', ['clair.v1.>'], (event) =>
      event.id === deleted(1).id ? { kind: 'poison', reason: 'unreadable\nµ' } : DONE,
    );
    const other = await recorder('other', ['clair.v1.>']);
    await bus().publish(deleted(1));
    await bus().publish(deleted(2));
    await until(() => expect(seen).toEqual([deleted(1).id, deleted(2).id]));
    await until(() => expect(other.seen).toEqual([deleted(1).id, deleted(2).id]));
    const letters = await bus().listDeadLetters(ALL);
    expect(letters).toMatchObject([{ subscriber: 'a', subject: MANIFEST_DELETED, deliveries: 1 }]);
    expect(letters[0]?.reason).toMatch(/^unreadable/);
    expect(JSON.parse(new TextDecoder().decode(letters[0]?.body))).toEqual(deleted(1));
  });

  it('gives up after as many deliveries as the policy says', async () => {
    const { seen } = await recorder('a', ['clair.v1.>'], () => ({ kind: 'retry', afterMs: 0, reason: 'never' }));
    await bus().publish(deleted(1));
    await until(() => expect(seen).toHaveLength(CONTRACT_REDELIVERY.deliveriesMax));
    await vi.waitFor(async () => expect(await bus().listDeadLetters(ALL)).toHaveLength(1), { timeout: 5000 });
    await quiet();
    expect(seen).toHaveLength(CONTRACT_REDELIVERY.deliveriesMax);
    const [letter] = await bus().listDeadLetters(ALL);
    expect(letter).toMatchObject({ subscriber: 'a', deliveries: 3, reason: '3 deliveries: never' });
  });

  it('hands dead letters back, to the one who gave them up', async () => {
    let isMended = false;
    const answer = (): Outcome => (isMended ? DONE : { kind: 'poison', reason: 'bug' });
    const { seen } = await recorder('a', ['clair.v1.>'], answer);
    const b = await recorder('b', ['clair.v1.>'], answer);
    const other = await recorder('other', ['clair.v1.>']);
    await bus().publish(deleted(1));
    await bus().publish(deleted(2));
    await vi.waitFor(async () => expect(await bus().listDeadLetters(ALL)).toHaveLength(4), { timeout: 10_000 });
    expect(await bus().listDeadLetters({ subscriber: 'a', lettersMax: 1 })).toMatchObject([{ subscriber: 'a' }]);
    isMended = true;
    expect(await bus().replayDeadLetters({ subscriber: 'a', lettersMax: 10 })).toBe(2);
    await until(() => expect(seen).toEqual([1, 2, 1, 2].map((index) => deleted(index).id)));
    await quiet();
    expect(b.seen).toHaveLength(2);
    expect(other.seen).toHaveLength(2);
    expect(await bus().listDeadLetters(ALL)).toMatchObject([{ subscriber: 'b' }, { subscriber: 'b' }]);
    expect(await bus().replayDeadLetters({ subscriber: 'a', lettersMax: 10 })).toBe(0);
  });
}

function describeLifecycle(bus: () => DeadLetterBus, recorder: Recorder): void {
  it('stops when the event in hand has its outcome, and takes no more', async () => {
    let finish: (outcome: Outcome) => void = () => undefined;
    const seen: string[] = [];
    const handle = (event: Event): Promise<Outcome> => {
      seen.push(event.id);
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const subscription = await bus().subscribe({ durable: 'a', subjects: ['clair.v1.>'], handle });
    const published = bus().publish(deleted(1));
    await until(() => expect(seen).toHaveLength(1));
    let isStopped = false;
    const stopped = subscription.stop().then(() => {
      isStopped = true;
    });
    await quiet();
    expect(isStopped).toBe(false);
    finish(DONE);
    await Promise.all([stopped, published]);
    await bus()
      .publish(deleted(2))
      .catch((error) => expect(error).toBeInstanceOf(Unavailable));
    await quiet();
    expect(seen).toEqual([deleted(1).id]);
  });

  it('loses nothing of what is published while a subscriber is away', async () => {
    const before = await recorder('a', ['clair.v1.>']);
    await bus().publish(deleted(1));
    await until(() => expect(before.seen).toHaveLength(1));
    await before.subscription.stop();
    const published = publishFirmly(bus(), deleted(2));
    await quiet();
    const after = await recorder('a', ['clair.v1.>']);
    await published;
    await until(() => expect(after.seen).toEqual([deleted(2).id]));
    expect(before.seen).toEqual([deleted(1).id]);
  });

  it('is healthy while it takes events, and says so when it does not', async () => {
    expect(bus().healthy()).toBe(true);
    await bus().close();
    expect(bus().healthy()).toBe(false);
    await expect(bus().publish(deleted(1))).rejects.toThrow(Unavailable);
    await expect(recorder('a', ['clair.v1.>'])).rejects.toThrow(Unavailable);
  });
}
