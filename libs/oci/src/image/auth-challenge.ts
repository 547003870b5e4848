/** One challenge of a `WWW-Authenticate` header; names in lower case. @see RFC 9110 section 11.6.1 */
export interface AuthChallenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;

/** The challenges of a header, several of which may be joined by commas; stops at what does not read. */
export function parseChallenges(header: string): AuthChallenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (let at = skipSeparators(header, 0); at < header.length; at = skipSeparators(header, at)) {
    const parameter = matchAt(PARAMETER, header, at);
    const current = challenges.at(-1);
    if (parameter !== null && current !== undefined) {
      const [whole, name = '', quoted, bare = ''] = parameter;
      current.parameters[name.toLowerCase()] = quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1');
      at += whole.length;
      continue;
    }
    const scheme = matchAt(TOKEN, header, at);
    if (scheme === null) return challenges;
    challenges.push({ scheme: scheme[0].toLowerCase(), parameters: {} });
    at += scheme[0].length;
  }
  return challenges;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function skipSeparators(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[\s,]/.test(text[at] ?? '')) at++;
  return at;
}
