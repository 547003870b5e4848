import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ResolvedImage } from '@clair/oci';
import type { ManifestV1 } from './api.ts';

/**
 * Serves the layers of an image on this disk over loopback while `work` runs, so that the service fetches them as it
 * does from a registry. The path holds a random word: nobody else on the machine can guess it.
 */
export async function withLayerServer<T>(image: ResolvedImage, work: (manifest: ManifestV1) => Promise<T>): Promise<T> {
  const word = randomUUID();
  const layers = new Map(image.layers.map((layer) => [`/${word}/${layer.digest}`, layer]));
  const server = createServer((request, response) => {
    const layer = layers.get(request.url ?? '');
    if (layer === undefined || image.open === undefined) {
      response.writeHead(404).end();
      return;
    }
    image
      .open(layer)
      .then(async (blob) => {
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        await pipeline(blob, response);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return await work({
      hash: image.digest,
      layers: image.layers.map((layer) => ({
        hash: layer.digest,
        uri: `http://127.0.0.1:${port}/${word}/${layer.digest}`,
        headers: {},
      })),
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
