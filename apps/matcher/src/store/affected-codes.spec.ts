import { SEVERITIES } from '@clair/model';
import { expect, it } from 'vitest';
import { toCodes, toWords } from './affected-codes.ts';

const kinds = ['source', 'binary'] as const;
const statuses = ['affected', 'not-affected', 'undetermined'] as const;
const fixStates = ['fixed', 'not-fixed', 'will-not-fix', 'deferred', 'unknown'] as const;

it('reads back every word it wrote, each from one byte', () => {
  for (const packageKind of kinds)
    for (const status of statuses)
      for (const fixState of fixStates)
        for (const normalizedSeverity of SEVERITIES) {
          const words = { packageKind, status, fixState, normalizedSeverity };
          const codes = toCodes(words);
          expect(toWords(codes)).toEqual(words);
          expect(Object.values(codes).every((code) => code.length === 1)).toBe(true);
        }
});

it('refuses a code that nobody wrote', () => {
  expect(() => toWords({ packageKind: 's', status: 'x', fixState: 'f', normalized: '0' })).toThrow(RangeError);
});
