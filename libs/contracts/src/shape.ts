import { err, ok, type Result } from '@clair/model';

/** Where a value from outside is not what it should be, and why. `at` is a path such as `data.notifications[3].reason`. */
export interface ShapeProblem {
  readonly at: string;
  readonly reason: string;
}

/** Checks one value from outside; never throws, and gives a value made only of what was checked. */
export type Shape<T> = (value: unknown, at: string) => Result<T, ShapeProblem>;

type ShapeOf<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

function problem(at: string, reason: string): { readonly ok: false; readonly error: ShapeProblem } {
  return err({ at, reason });
}

/** A string of at most `charsMax` UTF-16 units; empty only where `orEmpty` says so. */
export function text(charsMax: number, orEmpty: 'or-empty' | 'not-empty' = 'not-empty'): Shape<string> {
  return (value, at) => {
    if (typeof value !== 'string') return problem(at, 'must be a string');
    if (value === '' && orEmpty === 'not-empty') return problem(at, 'must not be empty');
    if (value.length > charsMax) return problem(at, `must have at most ${charsMax} characters, has ${value.length}`);
    return ok(value);
  };
}

/** A whole number from 0 to 2^53 - 1. */
export function wholeNumber(value: unknown, at: string): Result<number, ShapeProblem> {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isWhole ? ok(value) : problem(at, 'must be a whole number from 0');
}

export function flag(value: unknown, at: string): Result<boolean, ShapeProblem> {
  return typeof value === 'boolean' ? ok(value) : problem(at, 'must be true or false');
}

/** One of the words, spelled exactly so. */
export function word<const W extends string>(words: readonly W[]): Shape<W> {
  return (value, at) => {
    const found = words.find((candidate) => candidate === value);
    return found === undefined ? problem(at, `must be one of ${words.join(', ')}`) : ok(found);
  };
}

export function list<T>(item: Shape<T>, itemsMax: number): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) return problem(at, 'must be a list');
    if (value.length > itemsMax) return problem(at, `must have at most ${itemsMax} items, has ${value.length}`);
    const items: T[] = [];
    for (const [index, entry] of value.entries()) {
      const read = item(entry, `${at}[${index}]`);
      if (!read.ok) return read;
      items.push(read.value);
    }
    return ok(items);
  };
}

/** Lets the value be absent; it stays absent then. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, at) => (value === undefined ? ok(undefined) : shape(value, at));
}

/**
 * An object with these fields. Fields that are not named are left out of the result and are no error: a newer sender
 * may say more than an older receiver knows.
 */
export function fields<T extends object>(shapes: ShapeOf<T>): Shape<T> {
  const names = Object.keys(shapes) as (keyof T & string)[]; // Safety: the keys of a `ShapeOf<T>` literal are those of T.
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return problem(at, 'must be an object');
    const found: Partial<T> = {};
    for (const name of names) {
      const given: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
      const read = shapes[name](given, at === '' ? name : `${at}.${name}`);
      if (!read.ok) return read;
      if (read.value !== undefined) found[name] = read.value;
    }
    return ok(found as T); // Safety: every field of T was read above by its own shape.
  };
}
