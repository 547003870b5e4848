import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Running } from '@clair/clair';
import { createLogger, readConfigValue } from '@clair/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runClairctl } from './testing/run-clairctl.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'clairctl-subscriptions-'));
let running: Running;

beforeAll(async () => {
  const read = readConfigValue({
    http_listen_addr: '127.0.0.1:0',
    introspection_addr: '127.0.0.1:0',
    grpc: { listen_addr: '127.0.0.1:0' },
    updater: { schedule: false },
    notifier: { signing_keys: [Buffer.from('a key for tests').toString('base64')] },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const config = { ...read.value.config, data_dir: dataDir };
  running = await launch({ config, mode: 'combo', log: createLogger({ level: 'fatal', name: 'test' }) });
});

afterAll(async () => {
  await running?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const clairctl = (...args: string[]) => {
  const [noun = '', verb = '', ...others] = args;
  return runClairctl([noun, verb, '--host', `http://127.0.0.1:${running.httpPort}/`, ...others]);
};

it('creates, lists, disables, enables, rotates and deletes', async () => {
  expect((await clairctl('subscriptions', 'list')).out).toBe('no subscriptions\n');
  const made = await clairctl(
    'subscriptions',
    'create',
    'red',
    '--webhook',
    'https://hooks.example.org/x',
    '--kind',
    'added',
    'exploited',
    '--min-severity',
    'High',
    '--label',
    'team=red',
    '--digest',
    '1h',
    '--per-manifest',
  );
  expect(made).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^whsec_\S{44}\n$/) });
  const listed = (await clairctl('subscriptions', 'list')).out;
  expect(listed.split('\n')[1]?.split(/ {2,}/)).toEqual([
    'red',
    'active',
    'https://hooks.example.org/x',
    'added|exploited >=High team=red',
    'every 1h, for each image',
  ]);
  await clairctl('subscriptions', 'disable', 'red');
  expect((await clairctl('subscriptions', 'list')).out).toContain('red: disabled by a request');
  await clairctl('subscriptions', 'enable', 'red');
  expect((await clairctl('subscriptions', 'list')).out).toContain('active');
  const rotated = await clairctl('subscriptions', 'rotate-secret', 'red');
  expect(rotated.out).toMatch(/^whsec_/);
  expect(rotated.out).not.toBe(made.out);
  expect((await clairctl('deliveries', 'list', '--subscription', 'red')).out).toBe('no deliveries\n');
  expect((await clairctl('deliveries', 'replay', '--subscription', 'red')).err).toContain('nothing to replay');
  expect((await clairctl('subscriptions', 'delete', 'red')).exitCode).toBe(0);
  expect((await clairctl('subscriptions', 'list', '-o', 'json')).out).toBe('[]\n');
});

it.each([
  [['create', 'x', '--webhook', 'http://10.1.2.3/'], 'allow_private_targets'],
  [['create', 'x'], 'target: must be a webhook or a NATS subject'],
  [['create', 'x', '--nats', 'clair.v1.notification.x', '--label', 'team'], '--label team: write NAME=VALUE'],
  [['delete', 'x'], 'there is no subscription x'],
])('says what is wrong with %s', async (args, problem) => {
  const ran = await clairctl('subscriptions', ...args);
  expect(ran.exitCode).toBe(1);
  expect(ran.err).toContain(problem);
});

it('shows what is on disk', async () => {
  const ran = await runClairctl(['db', '--host', `http://127.0.0.1:${running.httpPort}/`]);
  expect(ran).toMatchObject({ exitCode: 0, err: '' });
  expect(ran.out).toMatch(/^SERVICE +TABLE +ROWS/);
  for (const service of ['indexer', 'matcher', 'updater', 'notifier']) expect(ran.out).toContain(`${service} `);
  expect(ran.out).toMatch(/\n +all +\d+/);
});
