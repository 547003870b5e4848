import { err, ok, type Result } from '@clair/model';

/** The eleven attributes of a well-formed name, in the order of both bindings. */
const ATTRIBUTES = [
  'part',
  'vendor',
  'product',
  'version',
  'update',
  'edition',
  'language',
  'swEdition',
  'targetSw',
  'targetHw',
  'other',
] as const;

export type CpeAttribute = (typeof ATTRIBUTES)[number];

/**
 * The value of an attribute. `pattern` is in lower case; a special character stands for itself when a backslash precedes it,
 * and `*` and `?` at its ends are wildcards when none does.
 */
export type CpeValue =
  | { readonly kind: 'any' }
  | { readonly kind: 'na' }
  | { readonly kind: 'pattern'; readonly pattern: string };

/** A CPE name. @see https://doi.org/10.6028/NIST.IR.7695 */
export type WellFormedName = Readonly<Record<CpeAttribute, CpeValue>>;

/** How a source relates to a target. `undefined`: the target holds wildcards of its own, and nothing can be said. */
export type CpeRelation = 'superset' | 'subset' | 'equal' | 'disjoint' | 'undefined';

const ANY: CpeValue = { kind: 'any' };
const NA: CpeValue = { kind: 'na' };
const CPE_LENGTH_MAX = 2_000;

/** Reads a URI of CPE 2.2 (`cpe:/o:redhat:enterprise_linux:9::baseos`) or a formatted string of 2.3. Never throws. */
export function parseCpe(text: string): Result<WellFormedName, string> {
  if (text.length > CPE_LENGTH_MAX) return err('the CPE is too long');
  if (/^cpe:2\.3:/i.test(text)) return unbindFormattedString(text.slice('cpe:2.3:'.length));
  if (/^cpe:\//i.test(text)) return unbindUri(text.slice('cpe:/'.length));
  return err('neither a CPE 2.2 URI nor a 2.3 formatted string');
}

/** NISTIR 7695 section 6.1.3; the fifth component may pack five attributes, each behind a `~`. */
function unbindUri(text: string): Result<WellFormedName, string> {
  const components = text.split(':');
  if (components.length > 7) return err('a CPE URI has seven components at most');
  const [part = '', vendor = '', product = '', version = '', update = '', packed = '', language = ''] = components;
  const isPacked = packed.startsWith('~');
  const extended = isPacked ? packed.slice(1).split('~') : [packed];
  if (isPacked && extended.length !== 5) return err('a packed edition has five parts');
  const [edition = '', swEdition = '', targetSw = '', targetHw = '', other = ''] = extended;
  const texts = [part, vendor, product, version, update, edition, language, swEdition, targetSw, targetHw, other];
  return wellFormed(texts, decodeUriValue);
}

function decodeUriValue(text: string): CpeValue | undefined {
  if (text === '') return ANY;
  if (text === '-') return NA;
  let pattern = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char !== '%') {
      pattern += /[a-z0-9_]/i.test(char) ? char : `\\${char}`;
      continue;
    }
    const hex = text.slice(at + 1, at + 3);
    if (!/^[0-9a-f]{2}$/i.test(hex)) return undefined;
    at += 2;
    const decoded = hex === '01' ? '?' : hex === '02' ? '*' : `\\${String.fromCharCode(Number.parseInt(hex, 16))}`;
    pattern += decoded;
  }
  return patternValue(pattern);
}

/** NISTIR 7695 section 6.2.3: all eleven attributes are there. */
function unbindFormattedString(text: string): Result<WellFormedName, string> {
  const texts = text.split(/(?<!(?:^|[^\\])(?:\\\\)*\\):/);
  if (texts.length !== ATTRIBUTES.length) return err('a formatted string of CPE 2.3 has eleven attributes');
  return wellFormed(texts, decodeFormattedValue);
}

function decodeFormattedValue(text: string): CpeValue | undefined {
  if (text === '*') return ANY;
  if (text === '-') return NA;
  if (text === '') return undefined;
  let pattern = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') {
      at += 1;
      if (at === text.length) return undefined;
      const quoted = text.charAt(at);
      pattern += /[a-z0-9_]/i.test(quoted) ? quoted : `\\${quoted}`;
    } else {
      pattern += /[a-z0-9_*?]/i.test(char) ? char : `\\${char}`;
    }
  }
  return patternValue(pattern);
}

/** Wildcards stand at the ends only: one `*`, or any number of `?`. */
function patternValue(pattern: string): CpeValue | undefined {
  const isWellFormed = /^(?:\*|\?+)?(?:[a-z0-9_]|\\.)+(?:\*|\?+)?$/is.test(pattern);
  return isWellFormed ? { kind: 'pattern', pattern: pattern.toLowerCase() } : undefined;
}

function wellFormed(
  texts: readonly string[],
  decode: (text: string) => CpeValue | undefined,
): Result<WellFormedName, string> {
  const values: CpeValue[] = [];
  for (const [index, text] of texts.entries()) {
    const value = decode(text);
    if (value === undefined) return err(`the ${ATTRIBUTES[index]} of the CPE does not read`);
    values.push(value);
  }
  const [part = ANY, vendor = ANY, product = ANY, version = ANY, update = ANY, edition = ANY, language = ANY] = values;
  const [swEdition = ANY, targetSw = ANY, targetHw = ANY, other = ANY] = values.slice(7);
  const name = { part, vendor, product, version, update, edition, language, swEdition, targetSw, targetHw, other };
  return part.kind === 'pattern' && !/^[aoh]$/.test(part.pattern) ? err('the part is not a, o or h') : ok(name);
}

/** How the source's value of one attribute relates to the target's. @see NISTIR 7696 table 6-2, https://doi.org/10.6028/NIST.IR.7696 */
export function compareAttribute(source: CpeValue, target: CpeValue): CpeRelation {
  if (target.kind === 'pattern' && hasWildcard(target.pattern)) return 'undefined';
  if (source.kind === 'any') return target.kind === 'any' ? 'equal' : 'superset';
  if (target.kind === 'any') return 'subset';
  if (source.kind === 'na' || target.kind === 'na') return source.kind === target.kind ? 'equal' : 'disjoint';
  if (source.pattern === target.pattern) return 'equal';
  return hasWildcard(source.pattern) && globMatches(source.pattern, target.pattern) ? 'superset' : 'disjoint';
}

/** How the source relates to the target as a whole: every attribute has to agree. @see NISTIR 7696 table 6-4 */
export function compareCpe(source: WellFormedName, target: WellFormedName): CpeRelation {
  const relations = ATTRIBUTES.map((attribute) => compareAttribute(source[attribute], target[attribute]));
  if (relations.includes('disjoint')) return 'disjoint';
  if (relations.includes('undefined')) return 'undefined';
  if (relations.every((relation) => relation === 'equal')) return 'equal';
  if (relations.every((relation) => relation === 'equal' || relation === 'superset')) return 'superset';
  return relations.every((relation) => relation === 'equal' || relation === 'subset') ? 'subset' : 'undefined';
}

function hasWildcard(pattern: string): boolean {
  return /^[*?]/.test(pattern) || /[*?]$/.test(pattern.replace(/\\./gs, ''));
}

/** Wildcards are at the ends only, so three pieces decide. `?` at an end stands for one character or none. */
function globMatches(pattern: string, target: string): boolean {
  const [, head = '', body = '', tail = ''] = /^(\*|\?*)((?:\\.|[^*?\\])*)(\*|\?*)$/s.exec(pattern) ?? [];
  const targetChars = target.match(/\\.|[^\\]/gs) ?? [];
  const bodyChars = body.match(/\\.|[^\\]/gs) ?? [];
  const spare = targetChars.length - bodyChars.length;
  const headMax = head === '*' ? spare : head.length;
  const tailMax = tail === '*' ? spare : tail.length;
  for (let skip = 0; skip <= Math.min(headMax, spare); skip += 1) {
    if (spare - skip > tailMax) continue;
    if (bodyChars.every((char, index) => char === targetChars[skip + index])) return true;
  }
  return false;
}
