import dgram from 'node:dgram';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { expect, it } from 'vitest';

it.each<[string, () => unknown]>([
  ['net.connect', () => net.connect(9, '127.0.0.1')],
  ['a socket', () => new net.Socket().connect(9, '127.0.0.1')],
  ['tls.connect', () => tls.connect(9, '127.0.0.1')],
  ['dgram', () => dgram.createSocket('udp4').unref().send('x', 9, '127.0.0.1')],
  ['fetch', () => fetch('http://127.0.0.1:9/')],
  ['http.get', () => http.get('http://127.0.0.1:9/')],
])('%s throws where it is called, and names the caller', (_name, reach) => {
  const error = thrownBy(reach);
  expect(error?.message).toContain('may not use the network');
  expect(error?.stack).toContain('no-network.spec.ts');
});

it('undici is refused as well', async () => {
  const { request } = await import('undici');
  await expect(request('http://127.0.0.1:9/')).rejects.toThrow('may not use the network');
});

function thrownBy(action: () => unknown): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : undefined;
  }
}
