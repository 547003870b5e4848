import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfigValue } from '../config/read-config.ts';
import { createLogger } from '../logging/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { listenHttp } from './listen-http.ts';

const log = createLogger({ level: 'panic', name: 'test', destination: { write: () => undefined } });

async function newServer(): Promise<HttpServer> {
  const reading = readConfigValue({ http: { body_bytes_max: 2048 } });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  return createHttpServer({ config: reading.value.config, log, metrics: createMetrics({ processMetrics: false }) });
}

/** Everything a socket gets back for `text`. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => resolve(received)).on('error', reject);
  });
}

describe('a listening HTTP server', () => {
  let server: HttpServer;
  let port: number;
  beforeEach(async () => {
    server = await newServer();
    server.post('/echo', async (request) => ({ got: request.body ?? null }));
    ({ port } = await listenHttp(server, ':0'));
  });
  afterEach(() => server.close());

  it('listens on every address when the host is empty', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/robots.txt`)).status).toBe(200);
  });

  it('answers what is no HTTP with an error document', async () => {
    const answer = await exchange(port, 'GARBAGE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'bad-request' });
  });

  it('answers a header that is too large', async () => {
    const answer = await exchange(port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('stops reading a body that has no length and no end in sight', async () => {
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const answer = await exchange(
      port,
      `POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(4)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"payload-too-large"');
  });

  it('reads a body without a type', async () => {
    const body = '{"a":1}';
    const answer = await exchange(
      port,
      `POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toContain('{"got":{"a":1}}');
  });

  it('rejects when the port is taken', async () => {
    const second = await newServer();
    await expect(listenHttp(second, `127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
  });
});
