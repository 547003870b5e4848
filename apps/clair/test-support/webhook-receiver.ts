import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts';

export interface Received {
  readonly notification_id: string;
  readonly callback: string;
  readonly authorization: string | undefined;
}

export interface WebhookReceiver extends LoopbackServer {
  readonly received: readonly Received[];
  /** Ids that were answered with a success, in order; one may come twice. */
  readonly accepted: readonly string[];
  /** From now on posts are taken and not answered. */
  hang(): void;
  /** Everything is answered again, those that hang too. */
  recover(): void;
}

export async function receiveWebhooks(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const accepted: string[] = [];
  const hanging: (() => void)[] = [];
  let hangs = false;
  const server = await listenOnLoopback(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { authorization } = request.headers;
    const announced = { ...JSON.parse(body), authorization };
    received.push(announced);
    const accept = (): void => {
      if (response.destroyed) return;
      accepted.push(announced.notification_id);
      response.writeHead(204).end();
    };
    if (hangs) hanging.push(accept);
    else accept();
  });
  return {
    ...server,
    received,
    accepted,
    hang: () => {
      hangs = true;
    },
    recover() {
      hangs = false;
      for (const accept of hanging.splice(0)) accept();
    },
  };
}
