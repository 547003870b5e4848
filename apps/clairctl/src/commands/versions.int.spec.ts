import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY_ROOT, sharedData } from '@clair/testing';
import { EXPLAINED_ROWS, readTruthTables, TRUTH_TABLES, type TruthRow, truthRows } from '@clair/versions/testing';
import { describe, expect, it } from 'vitest';

const LAUNCHER = join(REPOSITORY_ROOT, 'apps/clairctl/bin/clairctl.mjs');

function clairctl(args: readonly string[], input = '') {
  return spawnSync(process.execPath, [LAUNCHER, ...args], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

describe('clairctl versions compare, as it is installed', () => {
  it('answers each line, and ends with 1 when one was no pair', () => {
    const good = clairctl(['versions', 'compare', 'rpm'], '1.0~rc1\t1.0\n1.0^git\t1.0\n1.0\t1_0\n(none):1\t1\n');
    expect(good).toMatchObject({ status: 0, stderr: '' });
    expect(good.stdout.split('\n')).toEqual([
      '<',
      '>',
      '=',
      expect.stringMatching(/^malformed: A \("\(none\):1"\): /),
      '',
    ]);
    const bad = clairctl(['versions', 'compare', 'rpm'], '1\t2\n1 2\n2\t1\n');
    expect(bad).toMatchObject({ status: 1, stdout: '<\nmalformed: line 2: there is no tab\n>\n' });
    expect(bad.stderr).toBe('clairctl: 1 of 3 lines are not two versions with a tab between them\n');
  });

  it('does not know a scheme that is none, and names those there are', () => {
    const ran = clairctl(['versions', 'compare', 'rot13'], '1\t2\n');
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    const { stdout } = clairctl(['versions', 'list']);
    expect(ran.stderr).toContain(`use ${stdout.trim().split('\n').join(', ')}`);
  });

  it('answers a line before the next one comes', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'versions', 'compare', 'apk']);
    const answers = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
    child.stdin.write('1.0_rc1\t1.0\n');
    expect((await answers.next()).value).toBe('<\n');
    child.stdin.write('1.0-r10\t1.0-r9\n');
    expect((await answers.next()).value).toBe('>\n');
    child.stdin.end();
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  });

  it('ends with 0 when nobody reads any more', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'versions', 'compare', 'apk']);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // What is still written to it when it has ended.
    child.stdin.on('error', () => undefined);
    child.stdout.once('data', () => child.stdout.destroy());
    const writing = setInterval(() => child.stdin.write('1\t2\n'.repeat(10_000)), 20);
    expect(await ended).toBe(0);
    clearInterval(writing);
  });
});

const archive = sharedData('cases/versions.tar.zst');
const schemes = [...new Set(TRUTH_TABLES.map((table) => table.scheme))];

describe.skipIf(archive === undefined)(
  `the truth tables through the command${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    const texts = archive === undefined ? new Map<string, string>() : readTruthTables(archive);
    const rowsOf = (scheme: string) =>
      TRUTH_TABLES.filter((table) => table.scheme === scheme).flatMap((table) => truthRows(table, texts));

    /** A row about one version compares it with itself: `=` where it is one, `malformed` where it is not. */
    const inputOf = ({ relation, a, b }: TruthRow) =>
      `${a}\t${relation === 'valid' || relation === 'invalid' ? a : b}\n`;
    const holds = (row: TruthRow, answer: string) => {
      if (row.relation === 'valid') return answer === '=';
      return row.relation === 'invalid' ? answer.startsWith('malformed: ') : answer === row.relation;
    };

    it.each(schemes)('%s: every row holds but those that are explained', (scheme) => {
      const rows = rowsOf(scheme);
      const ran = clairctl(['versions', 'compare', scheme], rows.map(inputOf).join(''));
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      const answers = ran.stdout.split('\n').slice(0, -1);
      expect(answers).toHaveLength(rows.length);
      const failing = rows.filter((row, i) => !holds(row, answers[i] ?? '')).map(({ text }) => text);
      expect(failing.filter((text) => EXPLAINED_ROWS[scheme]?.[text] === undefined)).toEqual([]);
      const written = TRUTH_TABLES.filter((table) => table.scheme === scheme).map((table) => table.rows);
      expect(rows).toHaveLength(written.reduce((sum, one) => sum + one, 0));
    });
  },
);
