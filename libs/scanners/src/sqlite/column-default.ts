import type { SqliteValue } from './record.ts';
import { isKeyword, isSign, type SqlToken } from './sql-tokens.ts';

/** The value of a column in rows that were written before it was added; not known where only SQL could compute it. */
export type ColumnDefault = { readonly known: true; readonly value: SqliteValue } | { readonly known: false };

const UNKNOWN: ColumnDefault = { known: false };
const INTEGER = /^\d{1,15}$/;

/**
 * The literal after `DEFAULT`, as the column's type makes SQLite store it. Only what is plain is known: integers,
 * texts, NULL and the truth values. @see https://www.sqlite.org/datatype3.html#determination_of_column_affinity
 */
export function readDefault(tokens: readonly SqlToken[], typeText: string): ColumnDefault {
  const isMinus = isSign(tokens[0], '-');
  const token = isMinus || isSign(tokens[0], '+') ? tokens[1] : tokens[0];
  if (token === undefined || token.kind === 'sign') return UNKNOWN;
  const affinity = affinityOf(typeText);
  if (token.kind === 'word') {
    if (isKeyword(token, 'NULL')) return { known: true, value: null };
    if (isKeyword(token, 'TRUE') || isKeyword(token, 'FALSE')) {
      return affinity === 'text' ? UNKNOWN : { known: true, value: isKeyword(token, 'TRUE') ? 1 : 0 };
    }
    if (!INTEGER.test(token.value)) return UNKNOWN;
    const value = Number(token.value) * (isMinus ? -1 : 1);
    return { known: true, value: affinity === 'text' ? String(value) : value };
  }
  if (affinity !== 'numeric') return { known: true, value: token.value };
  if (INTEGER.test(token.value)) return { known: true, value: Number(token.value) };
  // A text that could still be a number (` 1`, `1e3`, `.5`) is not worth guessing at.
  return /\d/.test(token.value) ? UNKNOWN : { known: true, value: token.value };
}

function affinityOf(typeText: string): 'text' | 'none' | 'numeric' {
  if (typeText.includes('INT')) return 'numeric';
  if (/CHAR|CLOB|TEXT/.test(typeText)) return 'text';
  return typeText === '' || typeText.includes('BLOB') ? 'none' : 'numeric';
}
