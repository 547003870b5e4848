const DELAY_SECONDS_DIGITS_MAX = 9;

/**
 * Milliseconds from now that a `Retry-After` asks for: a number of seconds, or an HTTP date. `undefined` when the
 * header is absent or neither; 0 when the date has passed.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return text.length > DELAY_SECONDS_DIGITS_MAX ? undefined : Number(text) * 1000;
  // Only dates with a day name: `Date.parse` takes much that is no HTTP date, such as a bare year.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
