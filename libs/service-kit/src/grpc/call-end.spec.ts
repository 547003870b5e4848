import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { CallEnd } from './call-end.ts';

it('settles as the work does', async () => {
  const end = new CallEnd();
  expect(await end.orEnd(Promise.resolve(1))).toBe(1);
  await expect(end.orEnd(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

it('rejects what waits, and what comes afterwards, with the first reason', async () => {
  const end = new CallEnd();
  const waiting = end.orEnd(new Promise(() => undefined));
  end.end(new Error('first'));
  end.end(new Error('second'));
  await expect(waiting).rejects.toThrow('first');
  await expect(end.orEnd(Promise.resolve(1))).rejects.toThrow('first');
});

it('leaves a late failure of the work unnoticed', async () => {
  const end = new CallEnd();
  const work = Promise.withResolvers<never>();
  const waiting = end.orEnd(work.promise);
  end.end(new Error('ended'));
  await expect(waiting).rejects.toThrow('ended');
  work.reject(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
});

it('keeps nothing of work that is done', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no garbage collector to call');
  const end = new CallEnd();
  const values: WeakRef<object>[] = [];
  for (let i = 0; i < 100; i += 1) {
    const value = { i };
    values.push(new WeakRef(value));
    await end.orEnd(Promise.resolve(value));
  }
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  // The newest may still be held by the frame of this test.
  expect(values.slice(0, 90).filter((one) => one.deref() !== undefined)).toEqual([]);
  await end.orEnd(Promise.resolve());
});
