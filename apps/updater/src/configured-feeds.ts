import { FEEDS, type Feed, type FeedOptions } from '@clair/feeds';
import type { ClairConfig } from '@clair/service-kit';

export interface ConfiguredFeed {
  readonly feed: Feed;
  readonly options: FeedOptions;
}

/** The feeds that run: those of `updaters.sets`, or all when it is not given, with what `updaters.config` says of each. */
export function configuredFeeds(config: ClairConfig): ConfiguredFeed[] {
  const sets = config.updaters.sets;
  const options: Readonly<Record<string, unknown>> = config.updaters.config;
  return FEEDS.filter((feed) => sets === undefined || sets.includes(feed.id)).map((feed) => ({
    feed,
    options: Object.fromEntries(Object.entries(Object(options[feed.id]))),
  }));
}
