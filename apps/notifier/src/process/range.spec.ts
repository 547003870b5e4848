import { describe, expect, it } from 'vitest';
import { newestOperation, type Operation, planRange, skipLostHistory } from './range.ts';

const changes = (...ids: number[]): Operation[] => ids.map((id) => ({ id, loadsNamespaces: false }));
const firstLoads = (...ids: number[]): Operation[] => ids.map((id) => ({ id, loadsNamespaces: true }));

describe('planRange', () => {
  it.each<[string, number | undefined, Operation[], object]>([
    ['never run, nothing there', undefined, [], { kind: 'begin', at: 0 }],
    ['never run', undefined, changes(3, 9, 4), { kind: 'begin', at: 9 }],
    ['nothing new', 9, changes(9, 3), { kind: 'idle' }],
    ['nothing there, nothing notified', 0, [], { kind: 'idle' }],
    ['one new', 8, changes(9, 8), { kind: 'diff', range: { after: 8, through: 9 } }],
    ['many new: one range', 3, changes(9, 8, 5), { kind: 'diff', range: { after: 3, through: 9 } }],
    [
      'ends at the first load of a feed',
      3,
      [...changes(9, 4), ...firstLoads(5, 7)],
      { kind: 'diff', range: { after: 3, through: 5 } },
    ],
    [
      'a first load is the last notified',
      5,
      [...changes(9), ...firstLoads(5)],
      { kind: 'diff', range: { after: 5, through: 9 } },
    ],
    ['the matcher began anew', 9, changes(2), { kind: 'restart', at: 2 }],
    ['the matcher is empty again', 9, [], { kind: 'restart', at: 0 }],
  ])('%s', (_, notified, operations, plan) => {
    expect(planRange(notified, operations)).toEqual(plan);
  });

  it('reaches the newest from anywhere, in steps that touch', () => {
    const operations = [...changes(2, 3, 6, 8), ...firstLoads(1, 4, 5, 7)];
    let at = 0;
    for (let plan = planRange(at, operations); plan.kind === 'diff'; plan = planRange(at, operations)) {
      expect(plan.range.after).toBe(at);
      expect(plan.range.through).toBeGreaterThan(at);
      at = plan.range.through;
    }
    expect(at).toBe(newestOperation(operations));
  });
});

it.each<[string, number[], number]>([
  ['the oldest that is listed after it', [12, 9, 7, 3], 7],
  ['the end of the range when nothing else is listed', [12], 10],
  ['the end of the range when nothing is listed', [], 10],
])('lost history goes on at %s', (_, ids, expected) => {
  expect(skipLostHistory({ after: 5, through: 10 }, changes(...ids))).toBe(expected);
});
