import { err } from '@clair/model';

/** Why a database, or a part of it, cannot be read. The reason says what is wrong and at which page. */
export interface SqliteProblem {
  /**
   * `malformed`: corrupt or cut off. `unsupported`: sound as far as it was looked at, but of a form that is not read
   * here. `no-such-table`: the schema is readable and does not have it.
   */
  readonly kind: 'not-sqlite' | 'malformed' | 'unsupported' | 'no-such-table';
  readonly reason: string;
}

export function malformed(reason: string) {
  return err<SqliteProblem>({ kind: 'malformed', reason });
}

export function unsupported(reason: string) {
  return err<SqliteProblem>({ kind: 'unsupported', reason });
}
