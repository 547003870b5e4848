import { basicAuthorization } from '@clair/oci';
import { callbackUrl } from './callback.ts';

/** Where the webhook is, and what goes with every post. Holds secrets: never logged. */
export interface WebhookTarget {
  readonly url: string;
  /** Where our API is, as the receiver reaches it. */
  readonly callback: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface WebhookRequest {
  /** Without user name and password: they are in the headers. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array;
}

/** Belong to the message or the connection; the operator's value of them would only break the post. */
const OURS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The post that tells of a set: Clair's body and content type, the operator's headers. With `token` it is signed, and the
 * token takes the place of any other authorization.
 */
export function webhookRequest(target: WebhookTarget, setId: string, token: string | undefined): WebhookRequest {
  const url = new URL(target.url);
  const headers: Record<string, string | string[]> = {};
  if (url.username !== '') {
    headers.authorization = basicAuthorization(decoded(url.username), decoded(url.password));
  }
  for (const [name, values] of Object.entries(target.headers)) {
    const lower = name.toLowerCase();
    if (!OURS.has(lower)) headers[lower] = [...values];
  }
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  headers['content-type'] = 'application/json';
  url.username = '';
  url.password = '';
  const body = JSON.stringify({ notification_id: setId, callback: callbackUrl(target.callback, setId) });
  return { url, headers, body };
}

/** A stray `%` stands for itself, as it does to the parser of URLs. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll('%', ''), 'hex').toString());
}
