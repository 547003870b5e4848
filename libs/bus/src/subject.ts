import { invariant } from '@clair/model';

/** Every event travels on `clair.v1.<aggregate>.<past-tense verb>`. */
export const EVENT_SUBJECTS = 'clair.v1.*.*';

/** A dead letter travels on `clair.v1.dead.<subscriber>.<aggregate>.<verb>`: longer than an event, so the two never mix. */
export const DEAD_SUBJECTS = 'clair.v1.dead.*.>';

/**
 * Whether a subject is one that the pattern names: `*` is any one token, `>` at the end is one token or more.
 * @see https://docs.nats.io/nats-concepts/subjects
 */
export function subjectMatches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [index, want] of wanted.entries()) {
    if (want === '>') return tokens.length > index;
    if (tokens.length <= index) return false;
    if (want !== '*' && want !== tokens[index]) return false;
  }
  return tokens.length === wanted.length;
}

/**
 * One pattern that covers them all, and as little else as one pattern can. A consumer of nats-server before 2.10 has one
 * filter only; what it lets through beyond the wish is told apart by {@link subjectMatches}.
 */
export function coveringPattern(patterns: readonly string[]): string {
  const [first, ...others] = patterns.map((pattern) => pattern.split('.'));
  invariant(first !== undefined, 'a subscription needs a subject');
  return others.reduce(coverBoth, first).join('.');
}

function coverBoth(a: readonly string[], b: readonly string[]): string[] {
  const covered: string[] = [];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const left = a[index];
    const right = b[index];
    if (left === undefined || right === undefined || left === '>' || right === '>') {
      // `>` wants at least one token, and the shorter one may end here: step back over the last token.
      const isShorter = left === undefined || right === undefined;
      return [...(isShorter ? covered.slice(0, -1) : covered), '>'];
    }
    covered.push(left === right ? left : '*');
  }
  return covered;
}

/** A subscriber's name is a token of subjects and a file name of the server. Throws `Bug` for any other. */
export function checkDurable(durable: string): void {
  invariant(
    /^[A-Za-z0-9_-]{1,64}$/.test(durable),
    `"${durable}" cannot name a durable subscriber: letters, digits, - and _`,
  );
}

/** Throws `Bug` for a type that the stream does not take. */
export function checkEventSubject(type: string): void {
  const isEvent = /^clair\.v1\.[\w-]+\.[\w-]+$/.test(type);
  invariant(isEvent, `"${type}" is not an event's type: clair.v1.<aggregate>.<past-tense verb>`);
}
