import type { Feed } from './feed.ts';
import { alpine } from './feeds/alpine/index.ts';
import { debian } from './feeds/debian/index.ts';

/** Every feed there is: one folder of `feeds/` and one line here. */
export const FEEDS: readonly Feed[] = [alpine, debian];

const BY_ID: ReadonlyMap<string, Feed> = new Map(FEEDS.map((feed) => [feed.id, feed]));

/** The feed of that name; `undefined` when there is none. */
export function feedById(id: string): Feed | undefined {
  return BY_ID.get(id);
}
