import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Layer } from '@clair/testing';

export interface HeldLayer {
  readonly digest: string;
  blobUrl(): string;
  /** Resolves when somebody waits for the layer. */
  asked(): Promise<void>;
  /** Answers who waits, and whoever comes later at once. */
  letGo(status?: number): void;
  /** From now on who asks waits again. */
  hold(): void;
  close(): Promise<void>;
}

/** A registry of one layer that it does not hand out before it is told to. */
export async function holdLayer(layer: Layer): Promise<HeldLayer> {
  const waiting: ServerResponse[] = [];
  let status: number | undefined;
  const answer = (response: ServerResponse, code: number) => {
    response.writeHead(code).end(code === 200 ? layer.bytes : undefined);
  };
  const server = createServer((_, response) => {
    if (status !== undefined) return answer(response, status);
    waiting.push(response);
    server.emit('asked');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    digest: layer.digest,
    blobUrl: () => `http://127.0.0.1:${port}/${layer.digest}`,
    async asked() {
      if (waiting.length === 0) await once(server, 'asked');
    },
    letGo(code = 200) {
      status = code;
      for (const response of waiting.splice(0)) answer(response, code);
    },
    hold() {
      status = undefined;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
