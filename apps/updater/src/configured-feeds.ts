import { FEEDS, type Feed, type FeedOptions } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { type ClairConfig, ServiceError } from '@clair/service-kit';

export interface ConfiguredFeed {
  readonly feed: Feed;
  readonly options: FeedOptions;
}

export interface FeedConfiguration {
  readonly feeds: readonly ConfiguredFeed[];
  /** A sentence each: what Clair would do and this does not. */
  readonly warnings: readonly string[];
}

/** Sets of Clair v4 that have no feed here: in a Clair configuration they are no mistake. @see https://quay.github.io/clair/reference/config.html */
const CLAIR_SETS: readonly string[] = [
  'alpine',
  'aws',
  'debian',
  'oracle',
  'osv',
  'photon',
  'rhel',
  'rhel-vex',
  'rhcc',
  'suse',
  'ubuntu',
];

/** Clair's names of sets that have another here. */
const SAME_FEED: ReadonlyMap<string, string> = new Map([['clair.cvss', 'nvd']]);

/** Names of Clair's single updaters, each a part of a set, by which its configuration may give one its own URL. */
const CLAIR_UPDATERS: readonly RegExp[] = [
  /^alpine-(main|community)-.+-updater$/,
  /^aws-linux\d+-updater$/,
  /^debian\/updater(\/.+)?$/,
  /^oracle-\d{4}-updater$/,
  /^osv\/.+$/,
  /^photon-updater-.+$/,
  /^RHEL.*-updater$|^RHEL\d+-.+$/,
  /^suse-updater-.+$/,
  /^ubuntu\/updater\/.+$/,
];

/**
 * The feeds that run: those of `updaters.sets` (all, when it is absent) whose id `updaters.filter` matches, with what
 * `updaters.config` says of each. The errors are sentences that name the key; the operator mends them.
 */
export function readFeedConfiguration(
  updaters: ClairConfig['updaters'],
  known: readonly Feed[] = FEEDS,
): Result<FeedConfiguration, readonly string[]> {
  const { filter } = updaters;
  const sets = updaters.sets?.map(feedName);
  const options: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(updaters.config).map(([name, value]) => [feedName(name), value]),
  );
  const pattern = filter === undefined || filter === '' ? undefined : new RegExp(filter);
  const feeds = known
    .filter(({ id }) => (sets === undefined || sets.includes(id)) && (pattern?.test(id) ?? true))
    .map((feed) => ({ feed, options: optionsOf(options[feed.id]) }));
  const named = [
    ...(sets ?? []).map((name) => ({ key: 'updaters.sets', name })),
    ...Object.keys(options).map((name) => ({ key: 'updaters.config', name })),
  ].filter(({ name }) => !known.some(({ id }) => id === name));
  const misspelt = named.filter(({ name }) => !CLAIR_SETS.includes(name) && !isClairUpdater(name));
  const problems = [
    ...misspelt.map(({ key, name }) => `${key}: there is no set ${name}; known: ${idsOf(known)}`),
    ...feeds.flatMap(unknownOptions),
  ];
  if (problems.length > 0) return err(problems);
  const warnings = [...named.map(clairOnly), ...feeds.flatMap(unusedOptions)];
  if (feeds.length === 0)
    warnings.push(`no feed runs: updaters.sets and updaters.filter leave none of ${idsOf(known)}`);
  return ok({ feeds, warnings });
}

/** As {@link readFeedConfiguration}; throws `ServiceError('failed-precondition')` with all problems in its message. */
export function configuredFeeds(config: ClairConfig): FeedConfiguration {
  const reading = readFeedConfiguration(config.updaters);
  if (!reading.ok) throw new ServiceError('failed-precondition', reading.error.join('; '));
  return reading.value;
}

/** The feed's id, for what Clair calls it. */
function feedName(name: string): string {
  return SAME_FEED.get(name) ?? name;
}

function optionsOf(value: unknown): FeedOptions {
  return Object.fromEntries(Object.entries(Object(value ?? {})));
}

function unknownOptions({ feed, options }: ConfiguredFeed): string[] {
  return Object.keys(options)
    .filter((key) => !feed.optionKeys.includes(key) && feed.unusedOptionKeys?.includes(key) !== true)
    .map((key) => `updaters.config.${feed.id}: unknown key ${key}; known: ${feed.optionKeys.join(', ')}`);
}

function unusedOptions({ feed, options }: ConfiguredFeed): string[] {
  return Object.keys(options)
    .filter((key) => feed.unusedOptionKeys?.includes(key) === true)
    .map((key) => `updaters.config.${feed.id}: ${key} is a key of Clair that has no effect here`);
}

function isClairUpdater(name: string): boolean {
  return CLAIR_UPDATERS.some((pattern) => pattern.test(name));
}

function clairOnly({ key, name }: { readonly key: string; readonly name: string }): string {
  return isClairUpdater(name)
    ? `${key}: ${name} is a single updater of Clair; here a set is configured as a whole`
    : `${key}: ${name} is a set of Clair that has no feed here`;
}

function idsOf(feeds: readonly Feed[]): string {
  return feeds.map(({ id }) => id).join(', ');
}
