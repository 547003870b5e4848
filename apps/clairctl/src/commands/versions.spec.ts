import { constants } from 'node:buffer';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runClairctl } from '../testing/run-clairctl.ts';
import type { Terminal } from './report.ts';
import { compareVersionLines } from './versions.ts';

/** What is printed for the input. */
async function run(scheme: string, input: Readable, signal = new AbortController().signal) {
  const printed = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    colour: false,
    progress: { say: () => undefined, clear: () => undefined },
    signal,
  };
  const exitCode = await compareVersionLines(scheme, input, terminal);
  return { exitCode, ...printed };
}

const compare = (scheme: string, chunks: readonly (string | Buffer)[]) =>
  run(scheme, Readable.from(chunks.map((chunk) => Buffer.from(chunk))));

const NO_DIGIT = 'the upstream version does not start with a digit or holds an invalid character';

describe('versions compare', () => {
  it.each([
    ['dpkg', '1.0~rc1\t1.0', '<'],
    ['dpkg', '1.0\t1.0-0', '='],
    ['rpm', '1.0\t1.0-0', '<'],
    ['rpm', '1:1\t2-9', '>'],
    ['apk', '1.0_p1\t1.0_rc1', '>'],
    ['dpkg', '1\t2\r', '<'],
    ['dpkg', '1_2\t3', `malformed: A ("1_2"): ${NO_DIGIT}`],
    ['dpkg', '3\t1_2', `malformed: B ("1_2"): ${NO_DIGIT}`],
    ['dpkg', 'x\tx', `malformed: A ("x"): ${NO_DIGIT}`],
    ['dpkg', '\t1', 'malformed: A (""): it is empty'],
    ['dpkg', '1\t', 'malformed: B (""): it is empty'],
    ['rpm', '1\t2\t3', 'malformed: B ("2\\t3"): it holds a space'],
    [
      'rpm',
      '1\u001b[2J\u202e\t3',
      'malformed: A ("1\\u001b[2J\ufffd"): it holds a character that no version of rpm may have',
    ],
    ['apk', `${'9'.repeat(20_000)}\t1`, `malformed: A ("${'9'.repeat(80)}…"): it is longer than 10000 characters`],
  ])('%s: %j', async (scheme, line, answer) => {
    expect(await compare(scheme, [`${line}\n`])).toEqual({ exitCode: 0, out: `${answer}\n`, err: '' });
  });

  it('numbers the lines that are no pair, goes on, and ends with 1', async () => {
    expect(await compare('dpkg', ['1 2\n1\t2\n\n2\t1\n<'])).toEqual({
      exitCode: 1,
      out: 'malformed: line 1: there is no tab\n<\nmalformed: line 3: there is no tab\n>\nmalformed: line 5: there is no tab\n',
      err: 'clairctl: 3 of 5 lines are not two versions with a tab between them\n',
    });
  });

  it('of nothing prints nothing', async () => {
    expect(await compare('dpkg', [])).toEqual({ exitCode: 0, out: '', err: '' });
  });

  it('cuts its input at line ends only, wherever the chunks end, in the middle of a character too', async () => {
    const bytes = Buffer.from('1.é\t1.α\n1.2\t1.10\n3\t2');
    const whole = await compare('rpm', [bytes]);
    expect(whole).toEqual({ exitCode: 0, out: '=\n<\n>\n', err: '' });
    for (let size = 1; size < bytes.length; size++) {
      const count = Math.ceil(bytes.length / size);
      const chunks = Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      expect(await compare('rpm', chunks)).toEqual(whole);
    }
  });

  it('does not keep a line without an end: one that is longer than any string can be', async () => {
    const chunk = Buffer.alloc(8 * 1024 * 1024, '1');
    function* endless(): Generator<Buffer> {
      for (let length = 0; length <= constants.MAX_STRING_LENGTH; length += chunk.length) yield chunk;
      yield Buffer.from('\n1\t2\n');
    }
    const { exitCode, out } = await run('dpkg', Readable.from(endless()));
    expect(exitCode).toBe(1);
    expect(out).toBe('malformed: line 1: it is longer than 65536 characters\n<\n');
  }, 30_000);

  it('ends when it is interrupted', async () => {
    const abort = new AbortController();
    const running = run('dpkg', new Readable({ read: () => undefined }), abort.signal);
    abort.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('knows no other scheme', async () => {
    await expect(compare('rot13', [])).rejects.toThrow(
      'versions compare rot13: there is no such scheme; use apk, composer, dpkg, ',
    );
  });
});

it('versions list prints every scheme', async () => {
  const ran = await runClairctl(['versions', 'list']);
  expect(ran).toMatchObject({ exitCode: 0, err: '' });
  expect(ran.out.split('\n')).toEqual(expect.arrayContaining(['apk', 'dpkg', 'rpm', '']));
});
