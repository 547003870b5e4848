import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Stands between a pool and its server, and can go silent: nothing arrives any more, and nobody is told. */
export class FaultyNetwork {
  /** How many were opened through it. */
  connections = 0;
  /** What goes to the server goes no faster. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  readonly #pairs = new Set<Pair>();
  readonly #listener = createServer((client) => this.#pass(client));
  readonly #target: URL;

  constructor(connstring: string) {
    this.#target = new URL(connstring);
  }

  /** The connstring of the same database, through this network. */
  async open(): Promise<string> {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
    const through = new URL(this.#target);
    through.hostname = '127.0.0.1';
    // Safety: a server that listens on TCP has an address with a port.
    through.port = String((this.#listener.address() as AddressInfo).port);
    return through.href;
  }

  /** From now on nothing arrives of what is sent on the connections that there are, or nothing of what the server answers. */
  silence(what: 'all' | 'answers' = 'all'): void {
    for (const { client, server } of this.#pairs) {
      server.pause();
      if (what === 'all') client.pause();
    }
  }

  /** New connections work; those that went silent are closed, on the server's side too. */
  heal(): void {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  close(): void {
    this.heal();
    this.#listener.close();
  }

  #pass(client: Socket): void {
    this.connections += 1;
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const pair = { client, server };
    this.#pairs.add(pair);
    client.on('data', (bytes) => {
      const taken = server.write(bytes);
      if (taken && this.bytesPerSecond === Number.POSITIVE_INFINITY) return;
      client.pause();
      const resume = () => setTimeout(() => client.resume(), (bytes.length / this.bytesPerSecond) * 1_000);
      if (taken) resume();
      else server.once('drain', resume);
    });
    server.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  }
}
