import { durationMs } from './duration.ts';
import type { ConfigProblem } from './problem.ts';
import { REPOSITORY_SCANNER, repositoryScannerProblems } from './repository-scanner.ts';
import type { ClairConfig } from './schema.ts';

/** What a process does: everything, or one of the services. */
export type Mode = 'combo' | 'indexer' | 'matcher' | 'updater' | 'notifier';
export const MODES: readonly Mode[] = ['combo', 'indexer', 'matcher', 'updater', 'notifier'];

/** `combo` when absent; letter case does not matter, as in Clair. Nothing when it is no mode. */
export function parseMode(text: string | undefined): Mode | undefined {
  const name = (text ?? '').trim().toLowerCase() || 'combo';
  return MODES.find((mode) => mode === name);
}

const SERVICES = ['indexer', 'matcher', 'updater', 'notifier'] as const;

const NEEDED_ADDRESSES = {
  combo: [],
  indexer: [],
  matcher: [['matcher', 'indexer_addr']],
  updater: [['updater', 'matcher_addr']],
  notifier: [
    ['notifier', 'indexer_addr'],
    ['notifier', 'matcher_addr'],
  ],
} as const satisfies Record<Mode, readonly (readonly [string, string])[]>;

const SHORTEST_INTERVAL_MS = 1000;

/** The problems that only exist in a mode, or between keys. Expects connection strings to be inherited already. */
export function modeProblems(config: ClairConfig, mode: Mode): ConfigProblem[] {
  return [
    ...(mode === 'combo' ? [] : distributedProblems(config, mode)),
    ...addressProblems(config, mode),
    ...pairProblems(config),
    ...pskProblems(config),
    ...intervalProblems(config),
    ...repositoryScannerProblems(config),
  ];
}

function distributedProblems(config: ClairConfig, mode: Exclude<Mode, 'combo'>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  // A file that cannot be read is a problem of its own.
  const files = [config[mode].connstring_file, mode === 'updater' ? config.matcher.connstring_file : undefined];
  if (config[mode].connstring === undefined && files.every((file) => file === undefined)) {
    problems.push({ at: `${mode}.connstring`, message: `is required in ${mode} mode` });
  }
  if (config.nats === undefined) {
    problems.push({
      at: 'nats.servers',
      message: `is required in ${mode} mode: the services tell one another of changes there`,
    });
  }
  return problems;
}

function addressProblems(config: ClairConfig, mode: Mode): ConfigProblem[] {
  return NEEDED_ADDRESSES[mode].flatMap(([service, key]) => {
    const section: Readonly<Record<string, unknown>> = config[service];
    return section[key] === undefined ? [{ at: `${service}.${key}`, message: `is required in ${mode} mode` }] : [];
  });
}

/** A certificate without its key, or the other way round. */
function pairProblems({ nats }: ClairConfig): ConfigProblem[] {
  const tls = nats?.tls;
  if (tls === undefined || (tls.cert === undefined) === (tls.key === undefined)) return [];
  return [{ at: 'nats.tls', message: 'needs both cert and key, or neither' }];
}

function pskProblems({ auth: { psk } }: ClairConfig): ConfigProblem[] {
  if (psk === undefined) return [];
  const problems: ConfigProblem[] = [];
  if (psk.key === undefined && psk.key_file === undefined) problems.push({ at: 'auth.psk.key', message: 'is missing' });
  if (psk.iss?.length === 0) problems.push({ at: 'auth.psk.iss', message: 'must name at least one issuer' });
  return problems;
}

function intervalProblems(config: ClairConfig): ConfigProblem[] {
  const intervals = {
    'matcher.period': config.matcher.period,
    ...(config.updater.period === config.matcher.period ? {} : { 'updater.period': config.updater.period }),
    'notifier.poll_interval': config.notifier.poll_interval,
    'notifier.delivery_interval': config.notifier.delivery_interval,
    'grpc.deadline': config.grpc.deadline,
    'grpc.deadline_max': config.grpc.deadline_max,
  };
  return Object.entries(intervals)
    .filter(([, text]) => durationMs(text) < SHORTEST_INTERVAL_MS)
    .map(([at]) => ({ at, message: 'must be at least 1s' }));
}

/** What loads, but does not do what its writer may expect. */
export function modeWarnings(config: ClairConfig, mode: Mode): ConfigProblem[] {
  const warnings: ConfigProblem[] = [];
  const tracer = config.trace.name ?? '';
  if (tracer !== '') warnings.push({ at: 'trace.name', message: `spans are not exported to ${tracer}` });
  if (config.metrics.name !== 'prometheus' && config.metrics.name !== '') {
    warnings.push({ at: 'metrics.name', message: 'metrics are served to Prometheus only' });
  }
  if (config.auth.psk === undefined && mode !== 'combo') {
    warnings.push({ at: 'auth.psk', message: 'is absent: anybody who reaches the API may use it' });
  }
  return [...warnings, ...unusedWarnings(config)];
}

/** Clair's settings of parts that are not here: said, so that nobody relies on them. */
function unusedWarnings({ matchers, indexer }: ClairConfig): ConfigProblem[] {
  const message = 'is accepted for the sake of old files, and has no effect';
  const unused: readonly (readonly [string, boolean])[] = [
    ['matchers.names', matchers.names !== undefined],
    ['matchers.config', Object.keys(matchers.config).length > 0],
    ['indexer.scanner.package', Object.keys(indexer.scanner.package).length > 0],
    ['indexer.scanner.dist', Object.keys(indexer.scanner.dist).length > 0],
    ['indexer.scanner.repo', Object.keys(indexer.scanner.repo).some((name) => name !== REPOSITORY_SCANNER)],
  ];
  return unused.filter(([, isSet]) => isSet).map(([at]) => ({ at, message }));
}

type ServiceName = (typeof SERVICES)[number];

/** On a section whose connstring is another's: whose. A symbol, so that it is no key of the configuration, and goes along with a copy. */
const TAKEN_FROM = Symbol('connstring taken from');

/**
 * The key under which the file has the connstring of the service, for messages: `matcher.connstring`, also of a service that takes the
 * matcher's, or `indexer.connstring_file`.
 */
export function connstringKey(config: ClairConfig, service: ServiceName): string {
  const section: ClairConfig[ServiceName] & { readonly [TAKEN_FROM]?: ServiceName } = config[service];
  const owner = section[TAKEN_FROM] ?? service;
  return config[owner].connstring_file === undefined ? `${owner}.connstring` : `${owner}.connstring_file`;
}

/**
 * Gives services without a database the one that another has: `updater` is not known to Clair's configs and takes the
 * matcher's; in combo mode any will do, since every service keeps to its own schema. Who sets one connstring has one server,
 * and would not look for half of the data in an embedded one.
 */
export function inheritDatabases(config: ClairConfig, mode: Mode): ClairConfig {
  const owners = SERVICES.filter((service) => config[service].connstring !== undefined);
  const own = (service: ServiceName, preferred?: ServiceName) => {
    if (owners.includes(service)) return {};
    const owner = owners.find((one) => one === preferred) ?? (mode === 'combo' ? owners[0] : undefined);
    const connstring = owner && config[owner].connstring;
    return connstring === undefined ? {} : { connstring, [TAKEN_FROM]: owner };
  };
  return {
    ...config,
    indexer: { ...config.indexer, ...own('indexer') },
    matcher: { ...config.matcher, ...own('matcher') },
    updater: {
      ...config.updater,
      ...own('updater', 'matcher'),
      migrations: config.updater.migrations || (config.updater.connstring === undefined && config.matcher.migrations),
    },
    notifier: { ...config.notifier, ...own('notifier') },
  };
}
