import { err, ok, type Result } from '@clair/model';
import type { FeedOptions } from './feed.ts';

/** What is asked of an option that holds a URL. */
export interface UrlOption {
  readonly feed: string;
  readonly key: string;
  /** Used when the operator wrote nothing. */
  readonly fallback: string;
}

const HTTP_URL = /^https?:\/\/[^\s/?#]+[^\s]*$/i;

/** The http or https URL that the operator wrote, else the fallback. The error is a sentence that names the key. */
export function urlOption(options: FeedOptions, { feed, key, fallback }: UrlOption): Result<string, string> {
  const value = options[key] ?? fallback;
  if (typeof value === 'string' && HTTP_URL.test(value)) return ok(value);
  return err(`updaters.config.${feed}.${key} must be an http or https URL, not ${JSON.stringify(value)}`);
}
