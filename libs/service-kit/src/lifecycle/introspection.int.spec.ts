import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../logging/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type Introspection, startIntrospection } from './introspection.ts';

const log = createLogger({ level: 'panic', name: 'test', destination: { write: () => undefined } });

describe('startIntrospection', () => {
  let introspection: Introspection;
  let database: () => Promise<void>;
  beforeEach(async () => {
    database = async () => undefined;
    const metrics = createMetrics({ processMetrics: false });
    metrics.counter({ name: 'things_total', help: 'Things.' }).inc();
    introspection = await startIntrospection({
      listen: '127.0.0.1:0',
      metrics,
      log,
      metricsPath: '/m',
      checkTimeoutMs: 50,
      checks: [
        { name: 'database', check: () => database() },
        { name: 'bus', check: async () => undefined },
      ],
    });
  });
  afterEach(() => introspection.stop());
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${introspection.port}${path}`, init);
    return { status: response.status, headers: response.headers, body: await response.text() };
  };

  it('is not ready until told, nor after it is told otherwise', async () => {
    expect(await get('/readyz')).toMatchObject({ status: 503 });
    introspection.setReady(true);
    expect(await get('/readyz')).toMatchObject({ status: 200, body: '{"status":"ready","failed":[]}' });
    introspection.setReady(false);
    expect(await get('/readyz')).toMatchObject({ status: 503 });
  });

  it.each<[string, () => Promise<void>]>([
    ['fails', () => Promise.reject(new Error('the host db-7 is away'))],
    ['hangs', () => new Promise(() => undefined)],
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
  ])('is not ready while a check %s, and says which, not why', async (_how, check) => {
    introspection.setReady(true);
    database = check;
    expect(await get('/readyz')).toMatchObject({ status: 503, body: '{"status":"not-ready","failed":["database"]}' });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('serves the metrics at their path', async () => {
    const { status, headers, body } = await get('/m');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(body).toContain('clair_things_total 1');
    expect((await get('/metrics')).status).toBe(404);
  });

  it('answers anything else with an error document', async () => {
    const posted = await get('/readyz', { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(JSON.parse(posted.body)).toMatchObject({ code: 'method-not-allowed' });
    expect(JSON.parse((await get('/')).body)).toMatchObject({ code: 'not-found' });
    expect((await get('/healthz', { method: 'HEAD' })).body).toBe('');
    expect((await get('/healthz')).headers.get('cache-control')).toBe('no-store');
  });

  it('rejects when it cannot listen', async () => {
    const options = { metrics: createMetrics({ processMetrics: false }), log, checks: [] };
    const again = startIntrospection({ ...options, listen: `127.0.0.1:${introspection.port}` });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
