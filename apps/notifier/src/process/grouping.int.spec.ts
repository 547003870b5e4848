import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveProgress } from '../store/progress.ts';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import {
  notifiedTexts,
  type OneChange,
  processDependencies,
  summaryTexts,
  worldOfOneChange,
} from '../testing/process-fixture.ts';
import { storedState } from '../testing/stored-state.ts';
import { digestOf, type RowFields, type World } from '../testing/world.ts';
import type { ProcessDependencies } from './dependencies.ts';
import { notifyChanges } from './run.ts';

let own: TestDatabase;
let db: Database;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
});

afterEach(async () => {
  await db?.close();
  await own?.drop();
});

async function notifyFrom(
  after: number,
  world: () => World,
  options: Partial<ProcessDependencies> = {},
): Promise<void> {
  await moveProgress(db, undefined, after);
  await notifyChanges(processDependencies({ db, world, options }), new AbortController().signal);
}

describe('one change', () => {
  it.each<[string, OneChange, string, string[]]>([
    ['new advisory', { after: [{}] }, '2', ['added CVE-2024-1 openssl 2 affected @aaa']],
    ['new advisory that does not concern the manifest', { after: [{ fixed: '1' }] }, '2', []],
    ['advisory withdrawn', { before: [{}] }, '2', ['removed CVE-2024-1 openssl 2 affected @aaa']],
    ['new description', { before: [{}], after: [{ description: 'better words' }] }, '2', []],
    [
      'graver',
      { before: [{}], after: [{ affected: { normalizedSeverity: 'Critical' } }] },
      '2',
      ['severity-raised CVE-2024-1 openssl 2 affected @aaa'],
    ],
    ['less grave', { before: [{}], after: [{ affected: { normalizedSeverity: 'Low' } }] }, '2', []],
    [
      'graver and found for the first time',
      { before: [{ fixed: '1' }], after: [{ affected: { normalizedSeverity: 'Critical' } }] },
      '2',
      ['added CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'one of two rows was as grave already',
      {
        before: [{ affected: { normalizedSeverity: 'Critical' } }, { fixed: '5' }],
        after: [
          { affected: { normalizedSeverity: 'Critical' } },
          { fixed: '5', affected: { normalizedSeverity: 'High' } },
        ],
      },
      '2',
      [],
    ],
    [
      'graver, and the manifest has the fix',
      { before: [{}], after: [{ affected: { normalizedSeverity: 'Critical' } }] },
      '4',
      [],
    ],
    [
      'the vendor publishes what it planned',
      { before: [{ affected: { fixState: 'not-fixed' } }], after: [{}] },
      '2',
      ['fix-available CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'graver and fixable at once',
      { before: [{ fixed: '' }], after: [{ fixed: '3', affected: { normalizedSeverity: 'High' } }] },
      '2',
      ['fix-available CVE-2024-1 openssl 2 affected @aaa', 'severity-raised CVE-2024-1 openssl 2 affected @aaa'],
    ],
    ['another fix', { before: [{ fixed: '3' }], after: [{ fixed: '4' }] }, '2', []],
    [
      'known to be exploited',
      { risen: [{ fields: {}, risen: { exploited: true, epssBefore: 0, epssAfter: 0 } }] },
      '2',
      ['exploited CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'exploited, and the manifest has the fix',
      { risen: [{ fields: {}, risen: { exploited: true, epssBefore: 0, epssAfter: 0 } }] },
      '3',
      [],
    ],
    [
      'likelier to be exploited',
      { risen: [{ fields: {}, risen: { exploited: false, epssBefore: 0.11, epssAfter: 0.62 } }] },
      '2',
      ['epss-raised CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'a fix, and the manifest is still affected',
      { before: [{ fixed: '' }], after: [{ fixed: '3' }] },
      '2',
      ['fix-available CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'a fixed-in version that the manifest has',
      { before: [{ fixed: '' }], after: [{ fixed: '2' }] },
      '2',
      ['removed CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'a fixed-in version that the manifest has no longer',
      { before: [{ fixed: '2' }], after: [{ fixed: '3' }] },
      '2',
      ['added CVE-2024-1 openssl 2 affected @aaa'],
    ],
    ['moved to another feed', { before: [{}], after: [{ feed: 'other' }] }, '2', []],
    [
      'undecided, then affected',
      { before: [{ affected: { status: 'undetermined' } }], after: [{}] },
      '2',
      ['added CVE-2024-1 openssl 2 affected @aaa'],
    ],
    ['affected, then undecided', { before: [{}], after: [{ affected: { status: 'undetermined' } }] }, '2', []],
    [
      'undecided, then withdrawn',
      { before: [{ affected: { status: 'undetermined' } }] },
      '2',
      ['removed CVE-2024-1 openssl 2 undecidable @aaa'],
    ],
    ['a version that does not parse', { after: [{}] }, 'what?', ['added CVE-2024-1 openssl what? undecidable @aaa']],
    [
      'declared not affected',
      { before: [{}], after: [{ affected: { status: 'not-affected' } }] },
      '2',
      ['removed CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'two rows of one advisory',
      { after: [{ fixed: '3' }, { fixed: '4' }] },
      '2',
      ['added CVE-2024-1 openssl 2 affected @aaa'],
    ],
    [
      'one of two rows narrowed, the other the same',
      { before: [{ fixed: '3' }, { fixed: '4' }], after: [{ fixed: '1' }, { fixed: '4' }] },
      '2',
      [],
    ],
    [
      'text that PostgreSQL cannot keep',
      { after: [{ description: 'a\u0000b\ud800' }] },
      '2',
      ['added CVE-2024-1 openssl 2 affected @aaa'],
    ],
  ])('%s', async (_, rows, version, expected) => {
    await notifyFrom(1, () => worldOfOneChange({ ...rows, version }));
    expect(await notifiedTexts(db)).toEqual(expected);
    expect(await storedState(db)).toMatchObject({ notified: 2, waitingEvents: Math.min(1, expected.length) });
  });
});

describe('a row of one product', () => {
  const STREAM = 'cpe:/a:redhat:rhel_eus:9.4::baseos';
  const row = (cpe: string): RowFields => ({
    affected: { namespace: 'rhel:9', packageKind: 'binary', scheme: 'rpm', cpe },
  });
  const main = row('cpe:/o:redhat:enterprise_linux:9::baseos');
  const stream = row(STREAM);
  const image = {
    name: 'openssl',
    version: '2',
    type: 'rpm',
    scheme: 'rpm',
    namespace: 'rhel:9',
    arch: 'x86_64',
    module: '',
    cpes: [STREAM],
    owner: '',
    source: { name: 'openssl', version: '2' },
  };

  it.each<[string, OneChange, string[]]>([
    ['beside the same of another', { before: [main], after: [main, stream] }, ['added']],
    ['in the place of the same of another', { before: [main], after: [stream] }, ['added']],
    ['in whose place comes the same of another', { before: [stream], after: [main] }, ['removed']],
    ['that stays', { before: [main, stream], after: [main, stream] }, []],
  ])('%s', async (_, change, kinds) => {
    await notifyFrom(1, () => ({ ...worldOfOneChange(change), manifests: { [digestOf('a')]: [image] } }));
    expect(await notifiedTexts(db)).toEqual(kinds.map((kind) => `${kind} CVE-2024-1 openssl 2 affected @aaa`));
  });
});

describe('summary', () => {
  const world = worldOfOneChange({
    before: [{ name: 'CVE-GONE', affected: { normalizedSeverity: 'Critical' } }],
    after: [
      { name: 'CVE-LOW', affected: { normalizedSeverity: 'Low' } },
      { name: 'CVE-HIGH-B', affected: { normalizedSeverity: 'High' } },
      { name: 'CVE-HIGH-A', affected: { normalizedSeverity: 'High' } },
      { name: 'CVE-UNSURE', affected: { normalizedSeverity: 'High', status: 'undetermined' } },
    ],
  });

  it('has the most severe of each manifest and reason, and all are kept', async () => {
    await notifyFrom(1, () => world);
    expect(await summaryTexts(db)).toEqual(['added CVE-HIGH-A', 'removed CVE-GONE']);
    expect(await notifiedTexts(db)).toHaveLength(5);
  });
});
