/** A dependency (database, bus, service, registry) is away. Retrying later may help; nothing was changed. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** A programmer's error: something that cannot be happened. Never thrown for data from outside. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** Throws {@link Bug} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** For the end of an exhaustive `switch`: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Bug(`unexpected value ${JSON.stringify(value)}`);
}
