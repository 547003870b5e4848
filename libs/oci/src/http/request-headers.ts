import { err, ok, type Result } from '@clair/model';

/** Header values by name; several values of one name are sent as several headers. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Belong to the connection or to this client; a caller's value of them is an error, since it would change what is asked. */
const RESERVED: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

/** What another host may see after a redirect; everything else a caller sends may be a secret. */
const PUBLIC: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'user-agent',
  'range',
  'if-range',
  'if-none-match',
  'if-modified-since',
]);

/** `headers` with names in lower case. The error names a header that cannot be sent. @see RFC 9110 section 5 */
export function checkHeaders(headers: HeaderValues): Result<Record<string, string[]>, string> {
  const checked: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower)) return err(`${JSON.stringify(name.slice(0, 40))} is no header name`);
    if (RESERVED.has(lower)) return err(`the header ${lower} cannot be chosen`);
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    // Only visible Latin-1, space and tab: a line break would start another header.
    if (!values.every((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)))
      return err(`the value of header ${lower} cannot be sent`);
    if (values.length > 0) checked[lower] = [...(checked[lower] ?? []), ...values];
  }
  return ok(checked);
}

/** What is left of `headers` for a host other than the one they were meant for. */
export function publicHeaders(headers: Readonly<Record<string, string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => PUBLIC.has(name)));
}
