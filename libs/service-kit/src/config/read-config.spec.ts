import { describe, expect, it } from 'vitest';
import type { Mode } from './mode-rules.ts';
import { type ConfigProblem, problemLine } from './problem.ts';
import { type ReadConfigOptions, readConfigValue } from './read-config.ts';
import type { ClairConfig } from './schema.ts';

function configOf(document: unknown, options: ReadConfigOptions = {}): ClairConfig {
  const reading = readConfigValue(document, options);
  if (!reading.ok) throw new Error(reading.error.map(problemLine).join('\n'));
  return reading.value.config;
}

function problemsOf(document: unknown, options: ReadConfigOptions = {}): readonly ConfigProblem[] {
  const reading = readConfigValue(document, options);
  return reading.ok ? [] : reading.error;
}

function warningsOf(document: unknown): string[] {
  const reading = readConfigValue(document);
  return reading.ok ? reading.value.warnings.map(({ at }) => at) : ['not a config'];
}

const CLAIR_EVERYTHING = {
  http_listen_addr: '0.0.0.0:6060',
  introspection_addr: ':8089',
  log_level: 'debug-color',
  tls: { cert: '/c.pem', key: '/k.pem', root_ca: '/ca.pem' },
  indexer: {
    connstring: 'host=db user=clair dbname=indexer sslmode=disable',
    scanlock_retry: 10,
    layer_scan_concurrency: 5,
    index_report_request_concurrency: -1,
    migrations: true,
    airgap: false,
    scanner: {
      package: { java: { disable_api: true } },
      dist: {},
      repo: { 'rhel-repository-scanner': { disable_api: true, timeout: '10s' } },
    },
  },
  matcher: {
    connstring: 'host=db user=clair dbname=matcher',
    indexer_addr: 'http://clair-indexer:6060/',
    period: '12h',
    cache_age: '1h',
    update_retention: 4,
    max_conn_pool: 100,
    migrations: true,
    disable_updaters: true,
    disable_enrichment: true,
  },
  matchers: { names: ['debian-matcher'], config: { rhel: { ignore_unpatched: true } } },
  updaters: { sets: ['debian', 'alpine'], filter: '^debian', config: { alpine: { url: 'http://localhost:8000/' } } },
  notifier: {
    connstring: 'host=db user=clair dbname=notifier',
    indexer_addr: 'http://clair-indexer:6060/',
    matcher_addr: 'http://clair-matcher:6060/',
    poll_interval: '5m',
    delivery_interval: '1m',
    disable_summary: true,
    migrations: true,
    webhook: {
      target: 'https://quay/secscan/notification',
      callback: 'http://clair/notifier/api/v1/notification/',
      headers: { 'X-Tenant': ['a', 'b'] },
      signed: true,
    },
    amqp: {
      direct: true,
      rollup: 3,
      exchange: { name: 'clair', type: 'direct', durability: true, auto_delete: false },
      routing_key: 'notifications',
      callback: 'http://clair/',
      uris: ['amqp://guest:guest@rabbit:5672/'],
      tls: { root_ca: '/ca.pem', cert: '/c.pem', key: '/k.pem' },
    },
    stomp: { direct: true, destination: 'notifications', uris: ['mq:61613'], user: { login: 'a', passcode: 'b' } },
  },
  auth: { psk: { key: 'c2VjcmV0', iss: ['quay', 'clairctl'] } },
  trace: {
    name: 'jaeger',
    probability: 0.5,
    jaeger: {
      agent: { endpoint: 'localhost:6831' },
      collector: { endpoint: 'http://j/', username: 'u', password: null },
      service_name: 'clair',
      tags: { zone: 'a' },
      buffer_max: 10,
    },
    otlp: {
      http: { endpoint: 'localhost:4318', headers: { a: 'b' }, insecure: true, timeout: '10s', compression: 'gzip' },
      grpc: { endpoint: 'localhost:4317', reconnect: '5s', service_config: '{}', client_tls: { root_ca: '/ca.pem' } },
    },
    sentry: { dsn: 'https://x@sentry/1', environment: 'dev' },
  },
  metrics: { name: 'prometheus', prometheus: { endpoint: '/m' }, otlp: { http: { insecure: true } } },
};

describe('readConfig: defaults', () => {
  it('has Clair’s', () => {
    const config = configOf({});
    expect(config).toMatchObject({
      http_listen_addr: ':6060',
      introspection_addr: ':8089',
      log_level: 'info',
      indexer: { layer_scan_concurrency: 10, index_report_request_concurrency: 0, migrations: false, airgap: false },
      matcher: { period: '6h', cache_age: '6h', update_retention: 10, migrations: false, disable_updaters: false },
      notifier: { poll_interval: '6h', delivery_interval: '1h', disable_summary: false },
      metrics: { name: 'prometheus', prometheus: { endpoint: '/metrics' } },
    });
    expect(config.tls).toBeUndefined();
    expect(config.auth.psk).toBeUndefined();
    expect(config.updaters.sets).toBeUndefined();
  });

  it('has ours', () => {
    expect(configOf({})).toMatchObject({
      grpc: { listen_addr: ':6061', deadline: '1m', deadline_max: '1h' },
      updater: { period: '6h', jitter: 0.1, schedule: true },
      indexer: { allow_private: true, allow_loopback: true },
      data_dir: '.clair',
    });
  });

  it('gives each reading a value of its own', () => {
    configOf({}).indexer.scanner.package.java = 'changed';
    expect(configOf({}).indexer.scanner.package).toEqual({});
  });

  it.each([
    [
      'cache_age follows period',
      { matcher: { period: '2h' } },
      { matcher: { cache_age: '2h' }, updater: { period: '2h' } },
    ],
    ['update_retention 0 means 10', { matcher: { update_retention: 0 } }, { matcher: { update_retention: 10 } }],
    ['update_retention 1 means 10', { matcher: { update_retention: 1 } }, { matcher: { update_retention: 10 } }],
    ['update_retention 2 is 2', { matcher: { update_retention: 2 } }, { matcher: { update_retention: 2 } }],
    ['update_retention below 0 stays', { matcher: { update_retention: -1 } }, { matcher: { update_retention: -1 } }],
    ['null is absent', { matcher: null, log_level: null }, { matcher: { period: '6h' }, log_level: 'info' }],
    ['empty text is the default', { http_listen_addr: '' }, { http_listen_addr: ':6060' }],
    [
      'one database is enough for combo',
      { indexer: { connstring: 'host=a' } },
      { matcher: { connstring: 'host=a' }, updater: { connstring: 'host=a' }, notifier: { connstring: 'host=a' } },
    ],
    [
      'the updater takes the matcher’s database',
      { indexer: { connstring: 'host=a' }, matcher: { connstring: 'host=b', migrations: true } },
      { updater: { connstring: 'host=b', migrations: true } },
    ],
  ])('%s', (_name, document, expected) => {
    expect(configOf(document)).toMatchObject(expected);
  });

  it('takes every key of Clair', () => {
    expect(problemsOf(CLAIR_EVERYTHING)).toEqual([]);
    expect(configOf(CLAIR_EVERYTHING)).toMatchObject({
      matcher: { period: '12h', cache_age: '1h', update_retention: 4 },
      notifier: { webhook: { headers: { 'X-Tenant': ['a', 'b'] }, allow_private: true } },
      matchers: { config: { rhel: { ignore_unpatched: true } } },
    });
  });

  it('warns of keys that do nothing here', () => {
    expect(warningsOf(CLAIR_EVERYTHING).sort()).toEqual([
      'indexer.scanlock_retry',
      'indexer.scanner.package',
      'matcher.max_conn_pool',
      'matchers.config',
      'matchers.names',
      'notifier.amqp',
      'notifier.stomp',
      'notifier.webhook.signed',
      'tls.root_ca',
      'trace.name',
    ]);
  });
});

describe('readConfig: problems', () => {
  it.each<[unknown, string, string]>([
    [{ indexr: {} }, 'indexr', 'did you mean indexer?'],
    [{ matcher: { indexer_adr: 'a:1' } }, 'matcher.indexer_adr', 'did you mean matcher.indexer_addr?'],
    [{ indexer_addr: 'a:1' }, 'indexer_addr', 'there is matcher.indexer_addr, notifier.indexer_addr'],
    [{ updater_sets: [] }, 'updater_sets', 'has become updaters.sets'],
    [{ auth: { keyserver: {} } }, 'auth.keyserver', 'no longer supported'],
    [{ xyzzy: 1 }, 'xyzzy', 'unknown key'],
    [{ matcher: { period: 6 } }, 'matcher.period', 'must have a unit'],
    [{ matcher: { period: '6 hours' } }, 'matcher.period', 'is not a duration'],
    [{ matcher: { period: '1ms' } }, 'matcher.period', 'at least 1s'],
    [{ matcher: { migrations: 'yes' } }, 'matcher.migrations', 'must be true or false'],
    [{ indexer: { layer_scan_concurrency: '10' } }, 'indexer.layer_scan_concurrency', 'must be a number, not "10"'],
    [{ indexer: { layer_scan_concurrency: 1.5 } }, 'indexer.layer_scan_concurrency', 'whole number'],
    [{ indexer: { layer_scan_concurrency: 0 } }, 'indexer.layer_scan_concurrency', 'at least 1'],
    [{ updater: { jitter: 2 } }, 'updater.jitter', 'at most 1'],
    [{ log_level: 'inf' }, 'log_level', 'did you mean info?'],
    [{ http_listen_addr: '6060' }, 'http_listen_addr', 'is not an address'],
    [{ indexer: [] }, 'indexer', 'must be a block of keys, not a list'],
    [{ matchers: { names: 'rhel' } }, 'matchers.names', 'must be a list'],
    [{ matchers: { names: ['a', 3] } }, 'matchers.names[1]', 'must be text'],
    [{ updaters: { filter: '(' } }, 'updaters.filter', 'is not a regular expression'],
    [{ tls: { cert: '/c.pem' } }, 'tls.key', 'is missing'],
    [{ notifier: { webhook: { target: 'http://a/' } } }, 'notifier.webhook.callback', 'is missing'],
    [
      { notifier: { webhook: { target: 'file:///x', callback: 'http://a/' } } },
      'notifier.webhook.target',
      'http or https',
    ],
    [{ auth: { psk: { key: '%%', iss: ['a'] } } }, 'auth.psk.key', 'is not base64'],
    [{ auth: { psk: { key: '', iss: ['a'] } } }, 'auth.psk.key', 'is not base64'],
    [{ auth: { psk: { iss: ['a'] } } }, 'auth.psk.key', 'is missing'],
    [{ auth: { psk: { key: 'c2VjcmV0', iss: [] } } }, 'auth.psk.iss', 'at least one issuer'],
    [{ auth: { psk: { key: 'c2VjcmV0', iss: ['a'], keys: ['c2VjcmV0', '?'] } } }, 'auth.psk.keys[1]', 'is not base64'],
    [{ nats: { servers: [] } }, 'nats.servers', 'must not be empty'],
    [{ nats: { servers: ['nats://a'], tls: { cert: '/c.pem' } } }, 'nats.tls', 'both cert and key'],
    [{ indexer: { allowed_hosts: ['*'] } }, 'indexer.allowed_hosts[0]', 'is not a host'],
    [{ trace: { probability: 2 } }, 'trace.probability', 'at most 1'],
    [[], '', 'must be a block of keys'],
    ['text', '', 'must be a block of keys'],
  ])('%j', (document, at, message) => {
    expect(problemsOf(document)).toEqual([{ at, message: expect.stringContaining(message) }]);
  });

  it('come all at once, also those between keys', () => {
    const document = {
      htp_listen_addr: ':1',
      log_level: 7,
      matcher: { period: 'soon', migrations: 1 },
      auth: { psk: { key: '%', iss: [] } },
      notifier: { poll_interval: '1ms', webhook: {} },
    };
    expect(
      problemsOf(document, { mode: 'matcher' })
        .map(({ at }) => at)
        .sort(),
    ).toEqual([
      'auth.psk.iss',
      'auth.psk.key',
      'htp_listen_addr',
      'log_level',
      'matcher.connstring',
      'matcher.indexer_addr',
      'matcher.migrations',
      'matcher.period',
      'nats.servers',
      'notifier.poll_interval',
      'notifier.webhook.callback',
      'notifier.webhook.target',
    ]);
  });

  it('never repeat a secret', () => {
    const problems = problemsOf({ auth: { psk: { key: 'hunter2!', keys: [['hunter2!']], iss: ['a'] } } });
    expect(problems.length).toBe(2);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it.each<[Mode, string[]]>([
    ['combo', []],
    ['indexer', ['indexer.connstring', 'nats.servers']],
    ['matcher', ['matcher.connstring', 'matcher.indexer_addr', 'nats.servers']],
    ['updater', ['nats.servers', 'updater.connstring', 'updater.matcher_addr']],
    ['notifier', ['nats.servers', 'notifier.connstring', 'notifier.indexer_addr', 'notifier.matcher_addr']],
  ])('mode %s needs its own', (mode, at) => {
    expect(
      problemsOf({}, { mode })
        .map((problem) => problem.at)
        .sort(),
    ).toEqual(at);
  });
});
