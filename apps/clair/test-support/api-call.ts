import type { ClairSystem } from './clair-system.ts';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Sent as JSON, or as it is when it is text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly etag: string | undefined;
  readonly body: string;
}

export async function call(system: ClairSystem, { method = 'GET', path, body, headers = {} }: Call): Promise<Answer> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(system.url(path), {
    method,
    headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(text !== undefined && { body: text }),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? undefined,
    etag: response.headers.get('etag') ?? undefined,
    body: await response.text(),
  };
}

/** Runs the configured feed and tells how that went, in one word and, if it did not go well, why. */
export async function runFeed(system: ClairSystem): Promise<string> {
  const { status, body } = await call(system, { method: 'POST', path: '/updater/api/v2/feeds/run', body: {} });
  if (status !== 200) return `${status} ${body}`;
  const { outcome, error } = JSON.parse(body).runs[0];
  return error === '' ? outcome : `${outcome}: ${error}`;
}

/** What a page of notifications says: manifest, vulnerability and reason of each, sorted. */
export async function notifiedBy(callback: string, headers: Record<string, string> = {}): Promise<string[]> {
  const response = await fetch(`${callback}?page_size=1000`, { headers });
  // Safety: Clair's page of notifications; one of another shape makes the test fail.
  const { notifications } = (await response.json()) as {
    notifications: { manifest: string; reason: string; vulnerability: { name: string } }[];
  };
  return notifications
    .map(({ manifest, reason, vulnerability }) => `${manifest} ${vulnerability.name} ${reason}`)
    .sort();
}
