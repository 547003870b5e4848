import { err, ok, type Result } from '@clair/model';

/** Words divided by blanks, as a shell divides them; quotes and escapes are kept. */
export function splitWords(text: string): Result<readonly string[], string> {
  const words = text.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? [];
  const isWhole = words.join('').length === text.replace(/\s/g, '').length + blanksWithin(words);
  return isWhole ? ok(words) : err('an unterminated quote');
}

function blanksWithin(words: readonly string[]): number {
  return words.reduce((count, word) => count + (word.match(/\s/g)?.length ?? 0), 0);
}

/** Removes the quotes and escapes of a word and puts the values of variables in: `$A`, `${A}`, `${A:-default}`, `${A:+instead}`. */
export function expandWord(word: string, variables: ReadonlyMap<string, string>): string {
  let value = '';
  let quote = '';
  for (let at = 0; at < word.length; at += 1) {
    const char = word.charAt(at);
    const next = word.charAt(at + 1);
    if (char === quote) {
      quote = '';
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
    } else if (char === '\\' && quote !== "'" && (quote === '' || '"$\\'.includes(next))) {
      value += next;
      at += 1;
    } else if (char === '$' && quote !== "'") {
      const variable = variableAt(word, at);
      value += variable === undefined ? char : expansionOf(variable, variables);
      at += (variable?.length ?? 1) - 1;
    } else {
      value += char;
    }
  }
  return value;
}

interface Variable {
  readonly name: string;
  readonly operator: string;
  readonly operand: string;
  /** Of the whole reference in the text. */
  readonly length: number;
}

function variableAt(word: string, at: number): Variable | undefined {
  const [plain, plainName] = /^\$([A-Za-z_]\w*)/.exec(word.slice(at)) ?? [];
  if (plain !== undefined) return { name: plainName ?? '', operator: '', operand: '', length: plain.length };
  const braced = /^\$\{([A-Za-z_]\w*)(?:(:?[-+])([^{}]*))?\}/.exec(word.slice(at));
  if (braced === null) return undefined;
  return { name: braced[1] ?? '', operator: braced[2] ?? '', operand: braced[3] ?? '', length: braced[0].length };
}

function expansionOf({ name, operator, operand }: Variable, variables: ReadonlyMap<string, string>): string {
  const value = variables.get(name);
  const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'));
  if (operator.endsWith('-')) return isSet ? value : operand;
  if (operator.endsWith('+')) return isSet ? operand : '';
  return value ?? '';
}
