import { type Static, Type } from 'typebox';
import {
  block,
  deprecated,
  duration,
  flag,
  integer,
  optionalText,
  optionalTexts,
  settings,
  text,
} from './schema-fields.ts';
import { amqp, metrics, stomp, trace } from './schema-legacy.ts';
import type { SchemaNode } from './schema-node.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

const MIGRATIONS = 'Bring the schema up to date at start. Otherwise `clair migrate` has to be run before.';

/** Clair's names; `debug-color` prints lines for people. */
export const LOG_LEVELS = ['debug-color', 'debug', 'info', 'warn', 'error', 'fatal', 'panic'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

function database(service: string) {
  return {
    connstring: optionalText(`PostgreSQL of the ${service}: libpq URL or key=value list.`, { secret: true }),
    connstring_file: optionalText('File that holds the connection string, instead of `connstring`.'),
    migrations: flag(MIGRATIONS, false),
  };
}

const layerLimits = block(
  {
    blob_bytes: integer('Largest layer, as transferred.', { default: 20 * GIB, minimum: 1 }),
    tar_bytes: integer('Largest layer, inflated.', { default: 64 * GIB, minimum: 1 }),
    ratio: integer('Most inflated bytes for each byte transferred, of a layer that inflates to more than 64 MiB.', {
      default: 500,
      minimum: 1,
    }),
    entries: integer('Most entries in the tar of one layer.', { default: 2_000_000, minimum: 1 }),
    path_bytes: integer('Longest path in a layer.', { default: 4096, minimum: 1 }),
    file_bytes: integer('Largest file of a layer that is read.', { default: 2048 * MIB, minimum: 1 }),
    memory_bytes: integer(
      'Largest file of a layer that is held in memory; a larger one is held in a temporary file while it is read.',
      { default: 8 * MIB, minimum: 0 },
    ),
    timeout: duration('Longest time to fetch and scan one layer.', '30m'),
    idle_timeout: duration('Longest time without a byte from the registry.', '1m'),
  },
  { description: 'What is taken from a layer. What is beyond is refused, and said so.' },
);

const indexer = block({
  ...database('indexer'),
  layer_scan_concurrency: integer('Layers fetched and scanned at once.', { default: 10, minimum: 1 }),
  index_report_request_concurrency: integer(
    'Index requests worked on at once; more get 429. 0: four for each processor. Below 0: no limit.',
    { default: 0 },
  ),
  scanlock_retry: Type.Optional(Type.Integer(deprecated({ instead: 'layers are leased, nobody waits in seconds' }))),
  airgap: flag('Talk to private and loopback addresses only.', false),
  scanner: block({
    package: settings('Settings of package scanners, by name.'),
    dist: settings('Settings of distribution scanners, by name.'),
    repo: settings(
      'Settings of repository scanners, by name. `rhel-repository-scanner`: `repo2cpe_mapping_url`, `repo2cpe_mapping_file`, `timeout`, `disable_api` (nothing is fetched).',
    ),
  }),
  java_index_file: optionalText(
    'SQLite file in the layout of trivy-java-db: names Java archives by the SHA-1 of their content that do not name themselves.',
  ),
  limits: layerLimits,
  allowed_hosts: optionalTexts(
    'Hosts that layers may be fetched from; `*.example.org` names all below. Absent: any host that is not refused.',
    { form: 'host' },
  ),
  allow_private: flag('Layers may come from private networks, where registries tend to live.', true),
  allow_loopback: Type.Optional(
    Type.Boolean({ description: 'Layers may come from this machine itself. Default: in combo mode only.' }),
  ),
  insecure_registries: optionalTexts(
    'Registries, `host[:port]`, that are spoken to over http, or whose certificate is not checked.',
    { form: 'host' },
  ),
});

const matcher = block({
  ...database('matcher'),
  indexer_addr: optionalText('The indexer: host:port, grpc://host:port, or Clair’s http://host[:port]/.', {
    form: 'grpc-address',
  }),
  period: duration('Time between updates, and for how long a report may be cached.', '6h'),
  cache_age: Type.Optional(
    Type.String({
      description: 'For how long a report may be cached. Default: `period`.',
      clairForm: 'duration',
    }),
  ),
  update_retention: integer('Update operations of each feed to keep; 0 and 1 mean 10. Below 0: all.', { default: 10 }),
  update_retention_age: duration(
    'Age from which update operations are forgotten even when they are few; 0: never.',
    '720h',
  ),
  max_conn_pool: Type.Optional(Type.Integer(deprecated({ instead: 'say pool_max_conns in the connstring' }))),
  disable_updaters: flag('Never update; advisories are imported.', false),
  disable_enrichment: flag('Leave enrichments (CVSS and others) out of reports.', false),
});

const updater = block({
  ...database('updater'),
  matcher_addr: optionalText('The matcher, in any form of matcher.indexer_addr.', { form: 'grpc-address' }),
  period: Type.Optional(
    Type.String({
      description: 'Time between runs of one feed. Default: `matcher.period`.',
      clairForm: 'duration',
    }),
  ),
  schedule: flag(
    'Run feeds by themselves. `false`: only when asked to (`clairctl feeds --run`, `clair --once`).',
    true,
  ),
  jitter: Type.Number({
    description: 'Share of the period by which a run may come sooner or later, so that replicas do not meet.',
    default: 0.1,
    minimum: 0,
    maximum: 1,
  }),
  limits: block({
    download_bytes: integer('Largest document, as transferred.', { default: 2 * GIB, minimum: 1 }),
    timeout: duration('Longest time to fetch one document.', '30m'),
    idle_timeout: duration('Longest time without a byte from the server.', '1m'),
    requests: integer('Documents of one feed fetched at once.', { default: 4, minimum: 1 }),
    growth_ratio: Type.Number({
      description: 'A document this many times larger than the last good one is refused.',
      default: 5,
      minimum: 1,
    }),
    rejected_ratio: Type.Number({
      description: 'A feed of which more than this share cannot be read is refused.',
      default: 0.02,
      minimum: 0,
      maximum: 1,
    }),
  }),
});

const webhook = block({
  target: text('URL that notifications are posted to.', { form: 'http-url' }),
  callback: text('URL of our notification API, as the receiver reaches it.', { form: 'http-url' }),
  headers: Type.Record(Type.String(), Type.Array(Type.String({ clairSecret: true })), {
    description: 'Headers to send with every post.',
    default: {},
  }),
  signed: Type.Optional(Type.Boolean(deprecated({ instead: 'webhooks are signed whenever auth.psk is set' }))),
  allow_private: flag('The target may be in a private network or on this machine.', true),
});

const notifier = block({
  ...database('notifier'),
  indexer_addr: optionalText('The indexer, in any form of matcher.indexer_addr.', { form: 'grpc-address' }),
  matcher_addr: optionalText('The matcher, in any form of matcher.indexer_addr.', { form: 'grpc-address' }),
  poll_interval: duration('Time between looks for changes that no event told of.', '6h'),
  delivery_interval: duration('Time between looks for deliveries that nobody is working on.', '1h'),
  disable_summary: flag('One notification for each vulnerability, not only for the gravest of a manifest.', false),
  webhook: Type.Optional(webhook),
  nats: Type.Optional(
    block({
      subject: text('Subject that notifications are published to.', { default: 'clair.v1.notification.created' }),
    }),
  ),
  signing_keys: optionalTexts(
    'Keys that the secrets of webhook subscriptions derive from, base64; the newest first, and each signs.',
    { form: 'base64', secret: true },
  ),
  signing_keys_file: optionalText('File that holds the keys, one a line, instead of `signing_keys`.'),
  allow_private_targets: flag('Webhooks of subscriptions may be in a private network or on this machine.', false),
  amqp: Type.Optional(amqp),
  stomp: Type.Optional(stomp),
});

const psk = block({
  key: optionalText('Key of HMAC signatures, base64. Signs what we send.', { form: 'base64', secret: true }),
  key_file: optionalText('File that holds the key, instead of `key`.'),
  keys: optionalTexts('More keys that are accepted, for rotation; base64.', { form: 'base64', secret: true }),
  keys_file: optionalText('File that holds more keys, one a line, instead of `keys`.'),
  iss: Type.Array(Type.String({ minLength: 1 }), { description: 'Issuers that are accepted.' }),
});

const grpc = block({
  listen_addr: text('Where gRPC is served.', { default: ':6061', form: 'listen-address' }),
  tls: Type.Optional(
    block({
      cert: text('PEM file: certificate chain, of the server and of the client.'),
      key: text('PEM file: private key.'),
      client_ca: optionalText('PEM file: who may call. When set, every client must show a certificate.'),
      ca: optionalText('PEM file: whom we trust when calling. Default: the system’s.'),
    }),
  ),
  deadline: duration('Longest time a unary call to another service may take.', '1m'),
  deadline_max: duration('Longest time any call, streams included, may take; the server ends it then.', '1h'),
});

const nats = block({
  servers: Type.Array(Type.String({ minLength: 1 }), { description: '`nats://host:port`, one or more.', minItems: 1 }),
  credentials_file: optionalText('File with the user’s JWT and seed.'),
  stream: text('Name of the JetStream stream.', { default: 'CLAIR' }),
  tls: Type.Optional(
    block({ ca: optionalText('PEM file.'), cert: optionalText('PEM file.'), key: optionalText('PEM file.') }),
  ),
});

/**
 * The schema of `config.yaml`: Clair's keys and ours. It is the only source of the defaults, of the checks, and of the
 * JSON schema; what depends on the mode is in `mode-rules.ts`.
 */
export const configSchema = block({
  http_listen_addr: text('Where the API is served.', { default: ':6060', form: 'listen-address' }),
  introspection_addr: text('Where health and metrics are served.', { default: ':8089', form: 'listen-address' }),
  log_level: Type.Enum([...LOG_LEVELS], { description: 'The least grave lines to write.', default: 'info' }),
  tls: Type.Optional(
    block(
      {
        cert: text('PEM file: certificate chain.'),
        key: text('PEM file: private key.'),
        root_ca: Type.Optional(Type.String(deprecated({ instead: 'set NODE_EXTRA_CA_CERTS' }))),
      },
      { description: 'Serve the API over TLS.' },
    ),
  ),
  http: block({
    body_bytes_max: integer('Largest request body.', { default: 32 * MIB, minimum: KIB }),
  }),
  grpc,
  data_dir: text('Where the embedded database of combo mode lives.', { default: '.clair' }),
  nats: Type.Optional(nats),
  indexer,
  matcher,
  matchers: block({
    names: optionalTexts('Clair’s; read, without effect: whatever a feed is loaded for is matched.'),
    config: settings('Clair’s; read, without effect.'),
  }),
  updaters: block({
    sets: optionalTexts('Sets of feeds to fetch. Absent: all.'),
    filter: optionalText('Regular expression: only feeds whose name it matches.', { form: 'regexp' }),
    config: settings('Settings of feeds, by name.'),
  }),
  updater,
  notifier,
  auth: block({ psk: Type.Optional(psk) }),
  trace,
  metrics,
});

/** The configuration with all defaults resolved. Keys are Clair's; durations stay text, see `durationMs`. */
export type ClairConfig = Static<typeof configSchema> & {
  readonly matcher: { readonly cache_age: string };
  readonly updater: { readonly period: string };
  readonly indexer: { readonly allow_loopback: boolean };
};
export type PskConfig = Static<typeof psk>;

/** The same schema, as data to walk. */
// Safety: the schema is written with the keywords of SchemaNode only; a spec walks all of it and checks that.
export const configSchemaNode = configSchema as unknown as SchemaNode;
