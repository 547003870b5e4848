import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@clair/testing';
import { eventually } from './eventually.ts';

const MAIN = join(REPOSITORY_ROOT, 'apps', 'clair', 'src', 'main.ts');

export interface ClairProcessOptions {
  readonly directory: string;
  readonly name: string;
  readonly mode: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly introspection_addr: string };
  readonly env?: Readonly<Record<string, string>>;
}

/** A real `clair` in a process of its own, that can be killed and started again with the same configuration. */
export class ClairProcess {
  readonly #options: ClairProcessOptions;
  #child: ChildProcess | undefined;
  output = '';

  constructor(options: ClairProcessOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { directory, name, mode, config, env = {} } = this.#options;
    const file = join(directory, `${name}.json`);
    await writeFile(file, JSON.stringify(config));
    const child = spawn(process.execPath, [MAIN, '-conf', file, '-mode', mode], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#child = child;
  }

  /** The status of a path of the introspection address; 0 when nothing answers. */
  async probe(path: '/healthz' | '/readyz'): Promise<number> {
    try {
      return (await fetch(`http://${this.#options.config.introspection_addr}${path}`)).status;
    } catch {
      return 0;
    }
  }

  async ready(): Promise<void> {
    await eventually(`${this.#options.name} is ready`, async () => {
      if (this.#child?.exitCode != null) throw new Error(`${this.#options.name} ended:\n${this.output}`);
      return (await this.probe('/readyz')) === 200;
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Resolves with the exit code, or the signal that ended it. */
  async ended(): Promise<number | string> {
    const child = this.#child;
    if (child === undefined) return 'never started';
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode ?? 'unknown';
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  async stop(): Promise<number | string> {
    this.signal('SIGTERM');
    return this.ended();
  }
}
