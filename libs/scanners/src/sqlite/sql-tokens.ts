/** A token of SQL. `word`: an unquoted identifier, keyword or number; `name`: in `""`, `[]` or backquotes; `text`: in `''`. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'sign';
  /** Without quotes, doubled ones halved. */
  readonly value: string;
}

const BLANK = /\s/;
const WORD = /[\w$.\u0080-\uffff]+/y;

/** The tokens of a statement, comments left out; `undefined` when a quote is not closed. Linear in its length. */
export function sqlTokens(sql: string): SqlToken[] | undefined {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const char = sql.charAt(at);
    if (BLANK.test(char)) {
      at += 1;
    } else if (sql.startsWith('--', at)) {
      at = endOf(sql, '\n', at + 2);
    } else if (sql.startsWith('/*', at)) {
      at = endOf(sql, '*/', at + 2);
    } else if (char === '"' || char === '`' || char === "'" || char === '[') {
      const end = closingQuote(sql, at);
      if (end < 0) return undefined;
      const inner = sql.slice(at + 1, end);
      tokens.push({
        kind: char === "'" ? 'text' : 'name',
        value: char === '[' ? inner : inner.replaceAll(char + char, char),
      });
      at = end + 1;
    } else {
      WORD.lastIndex = at;
      const [word] = WORD.exec(sql) ?? [];
      tokens.push(word === undefined ? { kind: 'sign', value: char } : { kind: 'word', value: word });
      at += word?.length ?? 1;
    }
  }
  return tokens;
}

/** Whether the token is this keyword (given in upper case), unquoted. */
export function isKeyword(token: SqlToken | undefined, keyword: string): boolean {
  return token?.kind === 'word' && token.value.toUpperCase() === keyword;
}

export function isSign(token: SqlToken | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.value === sign;
}

function endOf(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}

/** Where the quote that opens at `from` closes; a doubled quote does not close. -1 when it never does. */
function closingQuote(sql: string, from: number): number {
  const open = sql.charAt(from);
  if (open === '[') return sql.indexOf(']', from);
  for (let at = sql.indexOf(open, from + 1); at >= 0; at = sql.indexOf(open, at + 2)) {
    if (sql.charAt(at + 1) !== open) return at;
  }
  return -1;
}
