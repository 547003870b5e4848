import type { Coverage, FeedCoverage, NamespaceCoverage } from '@clair/contracts';
import type { Distribution, FileProblem } from '@clair/model';
import type { StoredFeed } from '../store/feeds.ts';
import { distributionReasons } from './distribution-reasons.ts';

const HOUR_MS = 3_600_000;

/** Sentences about single files; the rest are one sentence with their number. The problems themselves are all listed. */
const FILES_NAMED_MAX = 20;

export interface CoverageInput {
  /** Number of packages by namespace; the empty namespace holds those of which nobody knows the distribution. */
  readonly packagesByNamespace: ReadonlyMap<string, number>;
  readonly distributions: readonly Distribution[];
  readonly problems: readonly FileProblem[];
  readonly feeds: readonly StoredFeed[];
  readonly nowMs: number;
  readonly subject: 'image' | 'document';
  /** Components of a document, and how many of them no advisory could be asked about; 0 of 0 for an image. */
  readonly components: { readonly unmatched: number; readonly all: number };
}

/**
 * Says whether a report is all there is to say.
 * - `unknown`: nothing was looked at: no packages were found, or no feed speaks for any of them.
 * - `partial`: something was not looked at, or with old data, or is about a release that its vendor no longer looks at;
 *   `reasons` says what.
 * - `complete`: every package is in a namespace with a fresh feed and a vendor, and every file or component was read.
 */
export function stateCoverage(input: CoverageInput): Coverage {
  const namespaces = [...input.packagesByNamespace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, packages]) => namespaceCoverage(namespace, packages, input));
  const reasons = [
    ...(namespaces.length === 0 ? [`no packages were found in the ${input.subject}`] : []),
    ...distributionReasons(input),
    ...namespaces.flatMap(namespaceReasons),
    ...staleReasons(namespaces),
    ...problemReasons(input.problems),
    ...componentReasons(input.components),
  ];
  const lookedAt = namespaces.some(({ feeds }) => feeds.length > 0);
  const verdict = lookedAt ? (reasons.length === 0 ? 'complete' : 'partial') : 'unknown';
  return { verdict, namespaces, problems: [...input.problems], reasons };
}

function namespaceCoverage(namespace: string, packages: number, input: CoverageInput): NamespaceCoverage {
  const feeds = input.feeds
    .filter((feed) => namespace !== '' && feed.namespaces.includes(namespace))
    .map(
      (feed): FeedCoverage => ({
        feed: feed.feed,
        fetchedAt: feed.fetchedAt.toISOString(),
        stale: isStale(feed, input.nowMs),
      }),
    );
  return { namespace, packages, feeds };
}

/** 0 hours: the feed never gets stale. */
export function isStale(feed: StoredFeed, nowMs: number): boolean {
  return feed.staleAfterHours > 0 && nowMs - feed.fetchedAt.getTime() > feed.staleAfterHours * HOUR_MS;
}

function namespaceReasons({ namespace, packages, feeds }: NamespaceCoverage): string[] {
  if (feeds.length > 0) return [];
  const count = `${packages} ${packages === 1 ? 'package' : 'packages'}`;
  if (namespace === '') return [`${count} could not be matched: it is not known which distribution they belong to`];
  return [`no feed is loaded for ${namespace}: ${count} could not be matched`];
}

function staleReasons(namespaces: readonly NamespaceCoverage[]): string[] {
  const stale = new Map(
    namespaces.flatMap(({ feeds }) => feeds.filter((feed) => feed.stale).map((feed) => [feed.feed, feed.fetchedAt])),
  );
  return [...stale].sort().map(([feed, fetchedAt]) => staleReason(feed, fetchedAt));
}

/** The updater says 1970 for a feed of which a part has never been fetched. */
function staleReason(feed: string, fetchedAt: string): string {
  if (Date.parse(fetchedAt) <= 0) return `feed ${feed} has never been fetched as a whole`;
  return `the data of feed ${feed} is old: last fetched ${fetchedAt}`;
}

function problemReasons(problems: readonly FileProblem[]): string[] {
  const named = problems.slice(0, FILES_NAMED_MAX).map(problemReason);
  const others = problems.length - named.length;
  return others === 0 ? named : [...named, `${others} more files could not be read in full`];
}

function componentReasons({ unmatched, all }: CoverageInput['components']): string[] {
  return unmatched === 0 ? [] : [`${unmatched} of ${all} components could not be matched; the list of them says why`];
}

function problemReason({ scanner, path, kind, reason }: FileProblem): string {
  switch (kind) {
    case 'malformed':
      return `${path} could not be read in full by scanner ${scanner}: ${reason}`;
    case 'limit':
      return `${path} was not read by scanner ${scanner}, it is beyond a limit: ${reason}`;
    case 'incomplete':
      return `scanner ${scanner} could not finish with ${path}: ${reason}`;
    case 'unidentified':
      return `${path} is software that scanner ${scanner} cannot name: ${reason}`;
  }
}
