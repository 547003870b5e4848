import dgram from 'node:dgram';
import net from 'node:net';
import tls from 'node:tls';

/** A unit test reached for the network. The stack names the line that did. */
class NetworkForbidden extends Error {
  override readonly name = 'NetworkForbidden';
}

/**
 * Set-up file of the `unit` project: whatever opens a connection throws at the call, so that a unit test that needs the network
 * fails, says where, and becomes an integration test (`*.int.spec.ts`). Loopback counts. Undici's and http's connections go
 * through `net` and `tls`; `fetch` is caught earlier, where its caller is still on the stack.
 */
function forbidNetwork(): void {
  const forbid = (what: string) =>
    function forbidden(...args: readonly unknown[]): never {
      throw new NetworkForbidden(`a unit test may not use the network: ${what} ${target(args)}`);
    };
  net.Socket.prototype.connect = forbid('net.connect');
  Object.assign(net, { connect: forbid('net.connect'), createConnection: forbid('net.createConnection') });
  Object.assign(tls, { connect: forbid('tls.connect') });
  dgram.Socket.prototype.send = forbid('dgram.send');
  dgram.Socket.prototype.connect = forbid('dgram.connect');
  globalThis.fetch = forbid('fetch');
}

function target(args: readonly unknown[]): string {
  return args
    .flat()
    .filter((arg) => arg !== null && typeof arg !== 'function' && arg !== undefined)
    .map(describe)
    .join(' ');
}

function describe(arg: unknown): string {
  if (arg instanceof URL) return arg.href;
  if (typeof arg !== 'object' || arg === null) return String(arg);
  const { host, hostname, port, path, url } = arg as Record<string, unknown>; // Safety: reading absent properties gives undefined.
  return [url, host ?? hostname, port, path].filter((part) => part !== undefined).join(':');
}

forbidNetwork();
