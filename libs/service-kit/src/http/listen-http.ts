import type { ListenAddress } from '../config/address.ts';
import { listenAddress } from '../config/address.ts';
import type { HttpServer } from './http-server.ts';

/**
 * Starts to listen at an address of the config (`:6060`, `127.0.0.1:0`) and tells the port. Rejects with the system's
 * error when it cannot.
 */
export async function listenHttp(server: HttpServer, listen: string): Promise<{ readonly port: number }> {
  await onEveryAddress(listenAddress(listen), ({ host, port }) => server.listen({ host, port }));
  const [address] = server.addresses();
  return { port: typeof address === 'object' ? address.port : 0 };
}

/** An empty host means IPv6 and IPv4 where there is both, else what there is. */
export async function onEveryAddress<T>(
  { host, port }: ListenAddress,
  listen: (address: ListenAddress) => Promise<T>,
): Promise<T> {
  if (host !== '') return listen({ host, port });
  try {
    return await listen({ host: '::', port });
  } catch (error) {
    if (!isWithoutIpv6(error)) throw error;
    return listen({ host: '0.0.0.0', port });
  }
}

function isWithoutIpv6(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL');
}
