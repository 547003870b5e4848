import { err, type Result } from '@clair/model';

/** A generated message that a converter cannot turn into a domain value. The sender mends it (INVALID_ARGUMENT). */
export interface WireError {
  readonly kind: 'malformed-message';
  /** Path in the message: `affected[2].fix_state`, with the names of the proto. */
  readonly at: string;
  readonly reason: string;
}

export function malformed(at: string, reason: string): { readonly ok: false; readonly error: WireError } {
  return err({ kind: 'malformed-message', at, reason });
}

/** The words of a union as a list. A word that is missing, or one too many, does not compile. */
export function wordsOf<W extends string>(words: Readonly<Record<W, true>>): readonly W[] {
  return Object.keys(words) as W[]; // Safety: the parameter's type has exactly these keys.
}

/** The word of the list that equals `value`, exactly. */
export function wordOf<W extends string>(words: readonly W[], value: string): W | undefined {
  return words.find((candidate) => candidate === value);
}

/** Converts all or nothing; the error's path starts with the item that failed: `packages[7].package`. */
export function eachFromWire<From, To>(
  items: readonly From[],
  field: string,
  convert: (item: From) => Result<To, WireError>,
): Result<readonly To[], WireError> {
  const converted: To[] = [];
  for (const [index, item] of items.entries()) {
    const result = convert(item);
    if (!result.ok) return malformed(joinPath(`${field}[${index}]`, result.error.at), result.error.reason);
    converted.push(result.value);
  }
  return { ok: true, value: converted };
}

/** The error as it reads from one level further out. */
export function within<T>(field: string, result: Result<T, WireError>): Result<T, WireError> {
  return result.ok ? result : malformed(joinPath(field, result.error.at), result.error.reason);
}

function joinPath(outer: string, inner: string): string {
  return inner === '' ? outer : `${outer}.${inner}`;
}
