import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGuard } from '@clair/oci';
import { createLogger, type RepositoryScannerSettings } from '@clair/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { RepositoryMappings } from './repository-mappings.ts';

const DAY_MS = 24 * 60 * 60_000;
const log = createLogger({ level: 'fatal', name: 'test' });
const document = (cpe: string) => JSON.stringify({ data: { 'a-rpms': { cpes: [cpe] } } });

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function served(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  // Safety: a server that listens on a port has an address of that kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/repository-to-cpe.json`;
}

function mappings(settings: Partial<RepositoryScannerSettings>, { isAirgap = false } = {}) {
  const guard = createGuard({ allowPrivate: true, allowLoopback: true, privateOnly: isAirgap });
  const clock = { nowMs: 0 };
  const made = new RepositoryMappings({
    settings: { timeoutMs: 2_000, ...settings },
    guard,
    log,
    clock: () => clock.nowMs,
  });
  closing.push(
    () => made.stop(),
    () => guard.close(),
  );
  return { clock, cpes: async () => (await made.current())?.cpesOf('a-rpms') };
}

/** A refresh of a mapping that is there goes on in the background. */
async function eventually(read: () => Promise<unknown>, expected: unknown): Promise<void> {
  await expect.poll(read).toEqual(expected);
}

describe('the mapping of repositories', () => {
  it('is fetched once, and asked for again a day later if it has changed', async () => {
    const asked: unknown[] = [];
    let cpe = 'cpe:/o:redhat:enterprise_linux:8';
    const mappingUrl = await served((request, response) => {
      asked.push(request.headers['if-none-match']);
      const etag = `"${cpe}"`;
      response.writeHead(request.headers['if-none-match'] === etag ? 304 : 200, { etag }).end(document(cpe));
    });
    const { clock, cpes } = mappings({ mappingUrl });
    expect(await Promise.all([cpes(), cpes()])).toEqual([[cpe], [cpe]]);
    clock.nowMs = DAY_MS - 1;
    await cpes();
    expect(asked).toEqual([undefined]);
    clock.nowMs = DAY_MS;
    expect(await cpes()).toEqual([cpe]);
    await expect.poll(() => asked).toEqual([undefined, `"${cpe}"`]);
    cpe = 'cpe:/o:redhat:enterprise_linux:9';
    clock.nowMs = 3 * DAY_MS;
    await eventually(cpes, [cpe]);
  });

  it('that could not be had is tried again after five minutes, and the old one is kept', async () => {
    let status = 500;
    const mappingUrl = await served((_, response) => response.writeHead(status).end(document('cpe:/a:b:c')));
    const { clock, cpes } = mappings({ mappingUrl });
    expect(await cpes()).toBeUndefined();
    status = 200;
    expect(await cpes()).toBeUndefined();
    clock.nowMs = 5 * 60_000;
    expect(await cpes()).toEqual(['cpe:/a:b:c']);
    status = 500;
    clock.nowMs = 5 * DAY_MS;
    expect(await cpes()).toEqual(['cpe:/a:b:c']);
  });

  it.each([
    ['no JSON', (response: ServerResponse) => response.end('<html>')],
    ['no answer', () => undefined],
  ])('%s is no mapping, within the timeout', async (_, answer) => {
    const mappingUrl = await served((_request, response) => void answer(response));
    const { cpes } = mappings({ mappingUrl, timeoutMs: 200 });
    expect(await cpes()).toBeUndefined();
  });

  it('comes from a file until it was fetched', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mapping-'));
    closing.push(() => rmSync(directory, { recursive: true }));
    const mappingFile = join(directory, 'm.json');
    writeFileSync(mappingFile, document('cpe:/a:from:file'));
    expect(await mappings({ mappingFile }).cpes()).toEqual(['cpe:/a:from:file']);
    const failing = await served((_, response) => response.writeHead(404).end());
    expect(await mappings({ mappingFile, mappingUrl: failing }).cpes()).toEqual(['cpe:/a:from:file']);
    expect(await mappings({ mappingFile: join(directory, 'none.json') }).cpes()).toBeUndefined();
  });

  it('is not asked for where nothing may be, nor across an air gap', async () => {
    expect(await mappings({}).cpes()).toBeUndefined();
    const started = performance.now();
    expect(await mappings({ mappingUrl: 'http://203.0.113.1/m.json' }, { isAirgap: true }).cpes()).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
