import { createServer } from 'node:http';
import type { Package } from '@clair/model';
import { buildLayer, type Layer } from '@clair/testing';

export interface ServedImage {
  readonly digest: string;
  /** As `POST /indexer/api/v1/index_report` takes it. */
  readonly manifest: object;
}

/** Images that hold the packages of real ones of Ubuntu, a layer each, on a server on loopback. */
export async function serveImages(inventories: readonly (readonly Package[])[]) {
  const layers = inventories.flatMap((packages) => layerOf(packages) ?? []);
  const byPath = new Map(layers.map((layer) => [`/${layer.digest}`, layer.bytes]));
  const server = createServer((request, response) => {
    const bytes = byPath.get(request.url ?? '');
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${Reflect.get(Object(server.address()), 'port')}`;
  const images = layers.map(({ digest }): ServedImage => {
    const layer = { hash: digest, uri: `${url}/${digest}`, headers: {} };
    return { digest, manifest: { hash: digest, layers: [layer] } };
  });
  return { images, close: () => void server.close() };
}

function layerOf(packages: readonly Package[]): Layer | undefined {
  const ubuntu = packages.filter(({ namespace }) => namespace.startsWith('ubuntu:'));
  const [first] = ubuntu;
  if (first === undefined) return undefined;
  const version = first.namespace.slice('ubuntu:'.length);
  const status = ubuntu.map(
    ({ name, version: own, arch, source }) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: ${arch}\nSource: ${source.name} (${source.version})\nVersion: ${own}\n`,
  );
  return buildLayer([
    { path: 'etc/os-release', content: `ID=ubuntu\nVERSION_ID="${version}"\n` },
    { path: 'var/lib/dpkg/status', content: status.join('\n') },
  ]);
}
