import { expect, it } from 'vitest';
import { ATTEMPT_BYTES_MAX, CONNECTION_BYTES, READING_MAX, Room } from './room.ts';

it('takes an attempt for the largest until its body is known', () => {
  const room = new Room(3 * ATTEMPT_BYTES_MAX);
  expect(room.free).toBe(3);
  const stays = [room.enter(), room.enter(), room.enter()];
  expect(room.free).toBe(0);
  for (const stay of stays) stay.weigh(0);
  expect(room.free).toBe(2);
  for (const stay of stays) stay.leave();
  expect(room.free).toBe(3);
});

it('holds a thousand small bodies where few large ones fit', () => {
  const room = new Room(1000 * (CONNECTION_BYTES + 10_000) + ATTEMPT_BYTES_MAX);
  for (let index = 0; index < 1000; index += 1) {
    expect(room.free).toBeGreaterThan(0);
    room.enter().weigh(10_000);
  }
  expect(room.free).toBe(1);
});

it('lets few read their bodies at once, and the next in when most of them have', () => {
  const room = new Room(10 * READING_MAX * ATTEMPT_BYTES_MAX);
  expect(room.free).toBe(READING_MAX);
  const stays = Array.from({ length: READING_MAX }, () => room.enter());
  for (const stay of stays.slice(READING_MAX / 2)) stay.weigh(1);
  expect(room.free).toBe(0);
  for (const stay of stays) stay.weigh(1);
  expect(room.free).toBe(READING_MAX);
});

it('is left once, however often that is said', () => {
  const room = new Room(ATTEMPT_BYTES_MAX);
  const stay = room.enter();
  stay.leave();
  stay.leave();
  stay.weigh(5);
  expect(room.free).toBe(1);
});
