import { spawn } from 'node:child_process';
import { err, ok, type Result } from '@clair/model';
import type { Credentials } from './credentials.ts';
import { type ImageError, imageError } from './image-error.ts';
import { isRecord, parseJson } from './json.ts';

const OUTPUT_BYTES_MAX = 64 * 1024;
/** The user name under which programs keep an identity token. */
const TOKEN_USER = '<token>';

/**
 * Asks `docker-credential-NAME get` for `serverUrl`; `undefined` when the program knows nothing of it. A program that is missing,
 * fails, or is not done in time is an error: going on without credentials would hide it behind a refusal.
 * @see https://github.com/docker/docker-credential-helpers, "Development"
 */
export async function askCredentialProgram(
  name: string,
  serverUrl: string,
  how: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Result<Credentials | undefined, ImageError>> {
  const program = `docker-credential-${name}`;
  // The name comes from a file and becomes a program's name: nothing that is a path.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    return err(imageError('credentials', `${JSON.stringify(name)} is no credential program`));
  const run = await runProgram(program, serverUrl, how);
  how.signal.throwIfAborted();
  if ('problem' in run) return err(imageError('credentials', `${program}: ${run.problem}`));
  if (run.exitCode !== 0) {
    // The words are those of the reference library, which every program is made with; others say it in their own.
    if (/not found/i.test(run.output)) return ok(undefined);
    const said = run.output.trim().slice(0, 200);
    return err(imageError('credentials', `${program}: it failed for ${serverUrl}${said === '' ? '' : `: ${said}`}`));
  }
  const answer = parseJson(Buffer.from(run.output));
  if (!isRecord(answer))
    return err(imageError('credentials', `${program}: it answered something that is no JSON object`));
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return ok(undefined);
  return ok(
    username === TOKEN_USER ? { kind: 'identity-token', token: secret } : { kind: 'basic', username, password: secret },
  );
}

type Run = { readonly exitCode: number; readonly output: string } | { readonly problem: string };

function runProgram(
  program: string,
  input: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      signal,
      killSignal: 'SIGKILL',
    });
    const pieces: Buffer[] = [];
    let outputBytes = 0;
    const end = (run: Run) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      // A grandchild may hold the pipe open after its parent was killed.
      child.stdout.destroy();
      resolve(run);
    };
    const timer = setTimeout(() => end({ problem: `it did not answer within ${timeoutMs} ms` }), timeoutMs);
    child.on('error', (error: NodeJS.ErrnoException) => {
      end({ problem: error.code === 'ENOENT' ? 'it is not installed (not on the PATH)' : error.message });
    });
    child.stdout.on('data', (piece: Buffer) => {
      outputBytes += piece.length;
      pieces.push(piece);
      if (outputBytes > OUTPUT_BYTES_MAX) end({ problem: 'its answer is too long' });
    });
    child.on('close', (code) => end({ exitCode: code ?? 1, output: Buffer.concat(pieces).toString('utf8') }));
    // A program that never reads ends the pipe early; its exit code says the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
