/** Something outside keeps the process from starting. The message is one line: what, where, and what to do about it. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

export interface Step {
  /** What cannot be done when it fails: `cannot reach PostgreSQL of the indexer`. */
  readonly failure: string;
  /** What a person then does. */
  readonly remedy: string;
}

/** The value of `work`, or a {@link StartFailure} that says which step it was and what mends it. */
export async function step<T>({ failure, remedy }: Step, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartFailure || isAbort(error)) throw error;
    throw new StartFailure(`${failure}: ${reasonOf(error)}. ${remedy}`, { cause: error });
  }
}

/** The messages of an error and of what caused it, without saying anything twice, in one line. */
export function reasonOf(error: unknown): string {
  const reasons: string[] = [];
  for (let one: unknown = error; one !== undefined && reasons.length < 5; one = causeOf(one)) {
    const message = messageOf(one);
    if (message !== '' && !reasons.some((known) => known.includes(message))) reasons.push(message);
  }
  return reasons.join(': ').replaceAll(/\s+/g, ' ').replace(/\.$/, '');
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  // Of an address with several hosts, Node gives one error each, and no message for all of them.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return 'code' in error ? String(error.code) : error.name;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
