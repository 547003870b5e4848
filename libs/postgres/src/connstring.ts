import { err, invariant, ok, type Result } from '@clair/model';

export interface ParsedConnstring {
  /** What the driver takes, TLS modes with libpq's meaning. */
  readonly url: string;
  /** `pool_max_conns`, which Clair's driver reads from the connstring. */
  readonly poolMax?: number;
}

/** Parameters of Clair's driver (pgx) that ours has no use for; a server would refuse them as start-up parameters. */
const IGNORED =
  /^(pool_.+|default_query_exec_mode|statement_cache_capacity|description_cache_capacity|target_session_attrs)$/;

/**
 * Reads a connstring in either form of libpq: a `postgres://` URL, or `host=db port=5432 dbname=clair sslmode=disable`.
 * `sslmode` `prefer` and `allow`, and its absence, mean no TLS; `require` encrypts without checking the certificate, as in libpq.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
export function parseConnstring(connstring: string): ParsedConnstring {
  const parsed = readConnstring(connstring);
  invariant(parsed.ok, `the connstring is of no use: ${parsed.ok || parsed.error}`);
  return parsed.value;
}

/** As {@link parseConnstring}; the error is for the operator, after the key of the configuration, and holds no password. */
export function readConnstring(connstring: string): Result<ParsedConnstring, string> {
  const text = connstring.trim();
  const read = /^postgres(ql)?:\/\//.test(text) ? readUrl(text) : readKeywords(text);
  if (!read.ok) return read;
  const url = read.value;
  const trouble = placeTrouble(url);
  if (trouble !== undefined) return err(trouble);
  const poolMax = Number(url.searchParams.get('pool_max_conns') ?? Number.NaN);
  for (const name of [...url.searchParams.keys()]) if (IGNORED.test(name)) url.searchParams.delete(name);
  const sslmode = url.searchParams.get('sslmode');
  if (sslmode === 'prefer' || sslmode === 'allow') url.searchParams.set('sslmode', 'disable');
  else if (sslmode !== null) url.searchParams.set('uselibpqcompat', 'true');
  return ok(Number.isSafeInteger(poolMax) && poolMax > 0 ? { url: url.href, poolMax } : { url: url.href });
}

/** The driver connects to one host, and waits for ever for a port that is no number. */
function placeTrouble(url: URL): string | undefined {
  const hosts = [url.hostname, ...url.searchParams.getAll('host'), ...url.searchParams.getAll('hostaddr')];
  if (hosts.some((host) => host.includes(','))) return SEVERAL_HOSTS;
  for (const port of [url.port, ...url.searchParams.getAll('port')]) {
    if (port.includes(',')) return SEVERAL_HOSTS;
    if (port !== '' && !isPort(port)) return `the port ${JSON.stringify(port)} is not a number from 1 to 65535`;
  }
  return undefined;
}

const SEVERAL_HOSTS = 'names several hosts; give one, or the address of a proxy that knows which of them leads';

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function readUrl(text: string): Result<URL, string> {
  // A URL of libpq may leave the host out, which the WHATWG parser refuses beside a user name.
  const url = URL.parse(text) ?? URL.parse(text.replace('@/', '@localhost/'));
  if (url !== null) return ok(url);
  // The text is not repeated: it may hold a password.
  const place = /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(text)?.[1] ?? '';
  if (place.includes(',')) return err(SEVERAL_HOSTS);
  if (/:[^:\]]*$/.test(place))
    return err(
      'the port is not a number from 1 to 65535, or a :, / or @ of the user or password is not written as %3A, %2F or %40',
    );
  return err('is not a valid postgres:// URL');
}

function fromKeywords(keywords: ReadonlyMap<string, string>): URL {
  const url = new URL('postgres://localhost/');
  for (const [name, value] of keywords) {
    if (name === 'user') url.username = encodeURIComponent(value);
    else if (name === 'password') url.password = encodeURIComponent(value);
    else if (name === 'dbname' || name === 'database') url.pathname = `/${encodeURIComponent(value)}`;
    else if (name === 'hostaddr') url.searchParams.set('host', value);
    else url.searchParams.set(name, value);
  }
  return url;
}

function readKeywords(text: string): Result<URL, string> {
  const keywords = new Map<string, string>();
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gy;
  let end = 0;
  for (const match of text.matchAll(pair)) {
    const value = (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1');
    keywords.set(match[1] ?? '', value);
    end = match.index + match[0].length;
  }
  const isWhole = text.slice(end).trim() === '';
  return isWhole ? ok(fromKeywords(keywords)) : err('is neither a postgres:// URL nor a list of keyword=value');
}
