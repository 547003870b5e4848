/** `url` for messages and logs: no query (pre-signed URLs hold secrets there), no user, no fragment. */
export function redactUrl(url: URL | string): string {
  if (typeof url === 'string' && !URL.canParse(url)) {
    return url
      .replace(/[?#].*$/s, '')
      .replace(/\/\/[^/@]*@/, '//')
      .slice(0, 500);
  }
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}
