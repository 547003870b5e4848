import { describe, expect, it } from 'vitest';
import { createMetrics, metricName } from './metrics.ts';

describe('createMetrics', () => {
  it.each([
    ['layer-seconds', 'clair_layer_seconds'],
    ['clair_layer_seconds', 'clair_layer_seconds'],
    ['clair-layer seconds', 'clair_layer_seconds'],
    ['HTTP', 'clair_http'],
  ])('%s is %s', (name, expected) => {
    expect(metricName(name)).toBe(expected);
  });

  it('gives the same metric for the same name, and none to another registry', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.counter({ name: 'things-total', help: 'Things.', labelNames: ['kind'] }).inc({ kind: 'a' });
    metrics.counter({ name: 'clair_things_total', help: 'Things.', labelNames: ['kind'] }).inc({ kind: 'a' });
    expect(await metrics.registry.metrics()).toContain('clair_things_total{kind="a"} 2');
    expect(await createMetrics({ processMetrics: false }).registry.metrics()).not.toContain('things');
  });

  it('does not take a counter for a gauge', () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.counter({ name: 'things', help: 'Things.' });
    expect(() => metrics.gauge({ name: 'things', help: 'Things.' })).toThrow('another kind');
  });

  it('collects those of the process', async () => {
    expect(await createMetrics().registry.metrics()).toContain('process_cpu_seconds_total');
  });
});
