import { invariant } from '@clair/model';

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
  const text = connstring.trim();
  const url = /^postgres(ql)?:\/\//.test(text) ? readUrl(text) : fromKeywords(readKeywords(text));
  const poolMax = Number(url.searchParams.get('pool_max_conns') ?? Number.NaN);
  for (const name of [...url.searchParams.keys()]) if (IGNORED.test(name)) url.searchParams.delete(name);
  const sslmode = url.searchParams.get('sslmode');
  if (sslmode === 'prefer' || sslmode === 'allow') url.searchParams.set('sslmode', 'disable');
  else if (sslmode !== null) url.searchParams.set('uselibpqcompat', 'true');
  return Number.isSafeInteger(poolMax) && poolMax > 0 ? { url: url.href, poolMax } : { url: url.href };
}

function readUrl(text: string): URL {
  // A URL of libpq may leave the host out, which the WHATWG parser refuses beside a user name.
  const url = URL.parse(text) ?? URL.parse(text.replace('@/', '@localhost/'));
  // The text is not repeated: it may hold a password.
  invariant(url !== null, 'the connstring is not a valid postgres:// URL');
  return url;
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

function readKeywords(text: string): Map<string, string> {
  const keywords = new Map<string, string>();
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gy;
  let end = 0;
  for (const match of text.matchAll(pair)) {
    const value = (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1');
    keywords.set(match[1] ?? '', value);
    end = match.index + match[0].length;
  }
  invariant(text.slice(end).trim() === '', 'the connstring is neither a postgres:// URL nor a list of keyword=value');
  return keywords;
}
