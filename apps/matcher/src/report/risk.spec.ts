import { expect, it } from 'vitest';
import { compareRisk } from './risk.ts';

/** The riskiest first: each before all that follow it. */
const LADDER = [
  { risk: { exploited: true, epss: 0.5 }, severity: 'Low' },
  { risk: { exploited: true, epss: 0.01, cvss: 9.8 }, severity: 'Critical' },
  { risk: { exploited: true, cvss: 10 }, severity: 'Unknown' },
  { risk: { exploited: false, epss: 0.97 }, severity: 'Low' },
  { risk: { exploited: false, epss: 0.028 }, severity: 'Negligible' },
  { risk: { exploited: false, epss: 0.019 }, severity: 'Critical' },
  { risk: { exploited: false, epss: 0.009, cvss: 9.8 }, severity: 'Critical' },
  { risk: { exploited: false, cvss: 9.1 }, severity: 'Critical' },
  { risk: { exploited: false }, severity: 'Critical' },
  { risk: { exploited: false, epss: 0.0099, cvss: 10 }, severity: 'High' },
  { risk: { exploited: false }, severity: 'Unknown' },
];

it('orders every pair of the ladder', () => {
  for (const [i, a] of LADDER.entries()) {
    expect(compareRisk(a, a)).toBe(0);
    for (const b of LADDER.slice(i + 1)) {
      expect([compareRisk(a, b) < 0, compareRisk(b, a) > 0]).toEqual([true, true]);
    }
  }
});

it('tells shares apart by whole percents', () => {
  const of = (epss: number) => ({ risk: { exploited: false, epss }, severity: 'High' });
  expect(compareRisk(of(0.021), of(0.029))).toBe(0);
});
