import { err, invariant, ok, type Result } from '@clair/model';

/** The port of gRPC where an address does not say. */
export const GRPC_PORT = 6061;

/** Where to listen. An empty host means every address of the machine. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Go's listen address: `:6060`, `127.0.0.1:6060`, `[::1]:0`, `localhost:6060`; port 0 picks a free one. */
export function parseListenAddress(text: string): Result<ListenAddress, string> {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]/]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    return err(`${JSON.stringify(text)} is not an address such as :6060 or 127.0.0.1:6060`);
  return ok({ host: match[1] ?? match[2] ?? '', port });
}

/** {@link parseListenAddress} of an address out of a `ClairConfig`, which was checked when it was read. */
export function listenAddress(text: string): ListenAddress {
  const parsed = parseListenAddress(text);
  invariant(parsed.ok, `unchecked address ${text}`);
  return parsed.value;
}

/**
 * `host:port` of the gRPC server that an address of another service means: `host:port` and `grpc://host:port` say it;
 * Clair's `http(s)://host[:port]/` names that host's HTTP port, so that gRPC is taken to be at 6061 of it.
 */
export function parseGrpcAddress(text: string): Result<string, string> {
  const malformed = err(
    `${JSON.stringify(text)} is not an address such as indexer:6061, grpc://indexer:6061 or http://indexer:6060/`,
  );
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https' && scheme !== 'grpc' && scheme !== 'grpcs')
    return malformed;
  const named = URL.parse(scheme === undefined ? `grpc://${text}` : text);
  if (named === null || named.hostname === '' || named.username !== '') return malformed;
  if (named.search !== '' || named.hash !== '' || /[\s]/.test(text)) return malformed;
  const isHttp = scheme === 'http' || scheme === 'https';
  if (!isHttp && named.pathname !== '' && named.pathname !== '/') return malformed;
  return ok(`${named.hostname}:${isHttp || named.port === '' ? GRPC_PORT : named.port}`);
}

/** {@link parseGrpcAddress} of an address out of a `ClairConfig`, which was checked when it was read. */
export function grpcAddress(text: string): string {
  const parsed = parseGrpcAddress(text);
  invariant(parsed.ok, `unchecked address ${text}`);
  return parsed.value;
}
