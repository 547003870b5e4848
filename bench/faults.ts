import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ApplyUpdateRequest,
  CreateSubscriptionRequest,
  MatcherServiceDefinition,
  NotifierServiceDefinition,
} from '@clair/contracts';
import { type Database, type EmbeddedPostgres, startEmbeddedPostgres } from '@clair/postgres';
import { connectService, createLogger } from '@clair/service-kit';
import { type NatsServer, startNatsServer } from '@clair/testing/nats';
import { busMessages } from './faults/bus-messages.ts';
import { type Collected, collectFacts, compareRuns } from './faults/facts.ts';
import { LOAD_OPERATIONS, loadOperation, type OperationPackages } from './faults/load.ts';
import { receivePosts } from './faults/receiver.ts';
import { database } from './feeds/measured-load.ts';
import { realInventories } from './fleet/real-inventories.ts';
import { type BenchServices, MODES, type ServiceMode, startServices } from './fleet/services.ts';
import { storeFleet } from './fleet/store-fleet.ts';

const MANIFESTS = 2000;
const SECONDS = 120;
const SETTLE_SECONDS = 900;
const log = createLogger({ level: 'fatal', name: 'bench' });
const BUS_SUBJECT = 'clair.v1.notification.faults';
const NOTIFIER = {
  signing_keys: [Buffer.from('a key for a benchmark, and nothing else').toString('base64')],
  allow_private_targets: true,
};

/**
 * The same updates twice: once undisturbed, and once while a process chosen at random (indexer, matcher, notifier, NATS, a backend of PostgreSQL) is killed with
 * SIGKILL every other second. What was notified, owed and received has to be the same. Argument: seconds of faults, default 120.
 */
export async function faults([seconds = String(SECONDS)]: readonly string[]): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-faults-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  try {
    const calm = await run(postgres, 'calm', 0);
    const disturbed = await run(postgres, 'disturbed', Number(seconds));
    console.table([rowOf('undisturbed', calm), rowOf('with faults', disturbed)]);
    const differences = compareRuns(calm, disturbed);
    for (const difference of differences) process.stdout.write(`DIFFERENT: ${difference}\n`);
    process.stdout.write(differences.length === 0 ? 'The same was notified, owed and received.\n' : '');
    if (differences.length > 0) process.exitCode = 1;
  } finally {
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

interface Run extends Collected {
  readonly kills: string;
  readonly seconds: number;
}

async function run(postgres: EmbeddedPostgres, name: string, faultSeconds: number): Promise<Run> {
  const { db, connstring } = await database(postgres, `faults_${name}`);
  const nats = await startNatsServer();
  const receiver = await receivePosts();
  const services = await startServices(connstring, nats.url, NOTIFIER);
  const started = performance.now();
  try {
    const stored = await storeFleet(db, realInventories(), MANIFESTS);
    await subscribe(services, receiver.url);
    const packages = stored.choose(LOAD_OPERATIONS * 10, 0.9);
    await applyUntilDone(services, loadOperation(0, packages));
    await settled(db);
    const kills = new Map<string, number>();
    const ended = new AbortController();
    const killing = killAtRandom({ services, nats, db, kills }, faultSeconds, ended);
    await load(services, packages, faultSeconds);
    await killing;
    await settled(db);
    const posts = receiver.ids.map(({ path, id }) => ({ name: path.slice(1), id }));
    const messages = (await busMessages(nats.url, BUS_SUBJECT)).map((id) => ({ name: 'bus', id }));
    const collected = await collectFacts(db, [...posts, ...messages]);
    const texts = [...kills].sort().map(([what, count]) => `${what} ${count}`);
    return { ...collected, kills: texts.join(', '), seconds: (performance.now() - started) / 1000 };
  } finally {
    await services.stop();
    await receiver.close();
    await nats.remove();
    await db.close();
  }
}

/** Every operation, spread over the time of the faults. */
async function load(services: BenchServices, packages: OperationPackages, faultSeconds: number): Promise<void> {
  for (let operation = 1; operation < LOAD_OPERATIONS; operation += 1) {
    await applyUntilDone(services, loadOperation(operation, packages));
    await delay((faultSeconds * 1000) / LOAD_OPERATIONS);
  }
}

/** As an updater does: again, until the matcher has it. */
async function applyUntilDone(services: BenchServices, messages: readonly ApplyUpdateRequest[]): Promise<void> {
  for (;;) {
    const matcher = connectService(MatcherServiceDefinition, services.matcherAddress, { deadlineMs: 30_000, log });
    try {
      await matcher.applyUpdate(streamOf(messages));
      return;
    } catch {
      await delay(300);
    } finally {
      matcher.close();
    }
  }
}

async function* streamOf(messages: readonly ApplyUpdateRequest[]) {
  yield* messages;
}

async function subscribe(services: BenchServices, receiverUrl: string): Promise<void> {
  const notifier = connectService(NotifierServiceDefinition, services.notifierAddress, { deadlineMs: 30_000, log });
  const filters = { everything: {}, severe: { minSeverity: 'High' }, gone: { kinds: ['removed'] } };
  for (const [name, filter] of Object.entries(filters)) {
    const target = { $case: 'webhookUrl', value: `${receiverUrl}/${name}` } as const;
    const subscription = { name, target: { target }, filter };
    await notifier.createSubscription(CreateSubscriptionRequest.fromPartial({ subscription }));
  }
  const target = { $case: 'natsSubject', value: BUS_SUBJECT } as const;
  const digest = { windowSeconds: 60, perManifest: false };
  const onBus = { name: 'bus', target: { target }, digest };
  await notifier.createSubscription(CreateSubscriptionRequest.fromPartial({ subscription: onBus }));
  notifier.close();
}

interface Victims {
  readonly services: BenchServices;
  readonly nats: NatsServer;
  readonly db: Database;
  readonly kills: Map<string, number>;
}

async function killAtRandom(victims: Victims, seconds: number, ended: AbortController): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until && !ended.signal.aborted) {
    await delay(300 + Math.random() * 3000);
    const all = [...MODES, 'nats', 'postgres'] as const;
    const victim = all[Math.floor(Math.random() * all.length)] ?? 'nats';
    victims.kills.set(victim, (victims.kills.get(victim) ?? 0) + 1);
    await killOne(victim, victims);
  }
}

async function killOne(victim: ServiceMode | 'nats' | 'postgres', { services, nats, db }: Victims): Promise<void> {
  if (victim === 'postgres') return killBackend(db);
  if (victim !== 'nats') return restartUntilUp(services, victim);
  await nats.stop('SIGKILL');
  await delay(500);
  await nats.restart();
}

/** As an orchestrator does: one that starts while the database recovers may give up. */
async function restartUntilUp(services: BenchServices, mode: ServiceMode): Promise<void> {
  for (;;) {
    try {
      return await services.restart(mode);
    } catch {
      await delay(300);
    }
  }
}

/** When one backend is killed PostgreSQL ends all of them, recovers from its log and starts anew: a crash for whoever is connected. */
async function killBackend(db: Database): Promise<void> {
  const [backend] = await db
    .query<{ readonly pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`,
    )
    .catch(() => []);
  if (backend !== undefined) process.kill(backend.pid, 'SIGKILL');
}

/** Everything is notified, and nothing is owed any more. */
async function settled(db: Database): Promise<void> {
  const until = performance.now() + SETTLE_SECONDS * 1000;
  while (performance.now() < until) {
    // The database may just be recovering.
    const [row] = await db
      .query<{ readonly open: number }>(
        `select (select count(*) from notifier.delivery where state = 'pending') + (select count(*) from notifier.outbox)
         + (select count(*) from matcher.update_operation where id > coalesce((select notified from notifier.progress), -1)) as open`,
      )
      .catch(() => []);
    if (row?.open === 0) return;
    await delay(100);
  }
  process.stdout.write(`not settled within ${SETTLE_SECONDS} s\n`);
}

function rowOf(run: string, { kills, seconds, notifications, deliveries, received, twice }: Run): object {
  return {
    run,
    seconds: seconds.toFixed(0),
    'kills (SIGKILL)': kills,
    notifications: notifications.size,
    'owed to subscriptions': deliveries.size,
    'received by webhooks and NATS': received.size,
    'received of a delivery seen before': twice,
  };
}
