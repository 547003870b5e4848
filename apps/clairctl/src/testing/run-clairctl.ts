import { PassThrough } from 'node:stream';
import { CommanderError } from 'commander';
import { sentenceOf } from '../failure-sentence.ts';
import { createProgram } from '../program.ts';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process, on streams that are no terminals; `main.ts` without its signals. */
export async function runClairctl(args: readonly string[]): Promise<Ran> {
  const texts = { out: '', err: '' };
  const stream = (name: keyof typeof texts): NodeJS.WriteStream => {
    const sink = new PassThrough();
    sink.on('data', (chunk) => {
      texts[name] += String(chunk);
    });
    return sink as unknown as NodeJS.WriteStream; // Safety: the program writes to it and asks for isTTY only.
  };
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await createProgram(stream('out'), stream('err')).parseAsync(['node', 'clairctl', ...args]);
    return { exitCode: Number(process.exitCode), ...texts };
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode, ...texts };
    return { exitCode: 1, ...texts, err: `${texts.err}${sentenceOf(error)}\n` };
  } finally {
    process.exitCode = before;
  }
}
