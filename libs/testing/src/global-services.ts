import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { dockerAnswers } from './docker.ts';
import { findNatsServer, startNatsServer } from './nats-server.ts';
import { REPOSITORY_ROOT } from './shared-data.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's; {@link createTestDatabase} makes databases with it. */
    connstring: string;
    /** `undefined` when there is no NATS: {@link describeWithNats} skips then, and says so. */
    natsUrl: string | undefined;
  }
}

/** PostgreSQL and NATS of one test run, whoever brought them. */
interface Services {
  readonly from: string;
  readonly connstring: string;
  readonly natsUrl: string | undefined;
  stop(): Promise<void>;
}

const POSTGRES_IMAGE = 'postgres:18-alpine';
const NATS_IMAGE = 'nats:2-alpine';

/**
 * Global set-up of the `int` project: PostgreSQL and NATS once per run, in containers where a Docker daemon answers, else the
 * embedded PostgreSQL and an installed `nats-server`. Says which, once. What they store is temporary.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startServices();
  process.stdout.write(`integration services: ${services.from}\n`);
  project.provide('connstring', services.connstring);
  project.provide('natsUrl', services.natsUrl);
  return () => services.stop();
}

async function startServices(): Promise<Services> {
  if (!(await dockerAnswers())) return startProcesses('');
  try {
    return await startContainers();
  } catch (error) {
    // A daemon that answers may still have no images and no way to get them.
    return startProcesses(
      ` (Docker answers, but: ${error instanceof Error ? error.message.split('\n', 1)[0] : error})`,
    );
  }
}

async function startContainers(): Promise<Services> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const { NatsContainer } = await import('@testcontainers/nats');
  const started = await Promise.allSettled([
    new PostgreSqlContainer(POSTGRES_IMAGE)
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=300'])
      .start(),
    new NatsContainer(NATS_IMAGE).withJetStream().start(),
  ]);
  const [postgres, nats] = started;
  const stop = async () => {
    await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)));
  };
  if (postgres.status === 'fulfilled' && nats.status === 'fulfilled') {
    const { servers = '', user, pass } = nats.value.getConnectionOptions();
    const address = [servers].flat()[0] ?? '';
    const natsUrl = user === undefined ? `nats://${address}` : `nats://${user}:${pass}@${address}`;
    return { from: 'containers', connstring: postgres.value.getConnectionUri(), natsUrl, stop };
  }
  await stop();
  throw started.find((one) => one.status === 'rejected')?.reason;
}

async function startProcesses(note: string): Promise<Services> {
  const [postgres, nats] = await Promise.all([
    startPostgres(),
    findNatsServer() === undefined ? undefined : startNatsServer(),
  ]);
  const natsFrom = nats === undefined ? 'no NATS' : 'nats-server';
  return {
    from: `embedded PostgreSQL, ${natsFrom}${note}`,
    connstring: postgres.connstring,
    natsUrl: nats?.url,
    async stop() {
      await Promise.all([postgres.stop(), nats?.remove()]);
    },
  };
}

/** In a process of its own, as this library imports none of ours. It ends with its input, that is with us. */
async function startPostgres(): Promise<{ connstring: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'clair-test-postgres-'));
  const script = join(REPOSITORY_ROOT, 'libs', 'postgres', 'src', 'bin', 'embedded-server.ts');
  const child = spawn(process.execPath, [script, join(directory, 'data'), '--scratch'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  let problem = '';
  child.stderr.on('data', (chunk) => {
    problem += chunk;
  });
  await new Promise<void>((resolve) => {
    child.once('close', resolve);
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('\n')) resolve();
    });
  });
  if (!output.includes('\n')) throw new Error(`the embedded PostgreSQL for tests does not start: ${problem.trim()}`);
  const { connstring } = JSON.parse(output) as { connstring: string }; // Safety: the script prints exactly this.
  return {
    connstring,
    async stop() {
      child.stdin.end();
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
