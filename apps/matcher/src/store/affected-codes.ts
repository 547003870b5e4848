import type { Affected, AffectedStatus, FixState, Severity } from '@clair/model';

/**
 * The one-byte codes under which the words of an affected row are stored. Written for ever: a code is never given a
 * second meaning. A new word in the model does not compile until it has a code here.
 */
const KIND = { source: 's', binary: 'b' } as const satisfies Record<Affected['packageKind'], string>;
const STATUS = {
  affected: 'a',
  'not-affected': 'n',
  undetermined: 'u',
} as const satisfies Record<AffectedStatus, string>;
const FIX_STATE = {
  fixed: 'f',
  'not-fixed': 'n',
  'will-not-fix': 'w',
  deferred: 'd',
  'out-of-support': 'o',
  unknown: 'u',
} as const satisfies Record<FixState, string>;
const SEVERITY = {
  Unknown: '0',
  Negligible: '1',
  Low: '2',
  Medium: '3',
  High: '4',
  Critical: '5',
} as const satisfies Record<Severity, string>;

export interface AffectedCodes {
  readonly packageKind: string;
  readonly status: string;
  readonly fixState: string;
  readonly normalized: string;
}

export interface AffectedWords {
  readonly packageKind: Affected['packageKind'];
  readonly status: AffectedStatus;
  readonly fixState: FixState;
  readonly normalizedSeverity: Severity;
}

export function toCodes(words: AffectedWords): AffectedCodes {
  return {
    packageKind: KIND[words.packageKind],
    status: STATUS[words.status],
    fixState: FIX_STATE[words.fixState],
    normalized: SEVERITY[words.normalizedSeverity],
  };
}

const KIND_OF = inverse(KIND);
const STATUS_OF = inverse(STATUS);
const FIX_STATE_OF = inverse(FIX_STATE);
const SEVERITY_OF = inverse(SEVERITY);

/** Throws `RangeError` for a code that no version wrote: a damaged or a newer database. */
export function toWords(codes: AffectedCodes): AffectedWords {
  return {
    packageKind: known(KIND_OF, codes.packageKind),
    status: known(STATUS_OF, codes.status),
    fixState: known(FIX_STATE_OF, codes.fixState),
    normalizedSeverity: known(SEVERITY_OF, codes.normalized),
  };
}

/** The code of a package kind, for a look-up by kind. */
export function kindCode(kind: Affected['packageKind']): string {
  return KIND[kind];
}

function inverse<W extends string>(codes: Readonly<Record<W, string>>): ReadonlyMap<string, W> {
  const words = Object.keys(codes) as W[]; // Safety: the keys of a record literal over W are W.
  return new Map(words.map((word) => [codes[word], word]));
}

function known<W>(words: ReadonlyMap<string, W>, code: string): W {
  const word = words.get(code);
  if (word === undefined) throw new RangeError(`unknown code ${JSON.stringify(code)} in matcher.affected`);
  return word;
}
