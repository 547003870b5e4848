import { createLogger, readConfigValue } from '@clair/service-kit';
import { expect, it } from 'vitest';
import { runOnce } from './run-once.ts';

it('runs nothing, and starts nothing, while updaters are disabled', async () => {
  const reading = readConfigValue({ matcher: { disable_updaters: true } });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  expect(await runOnce(reading.value.config, 'combo', createLogger({ level: 'fatal', name: 'test' }))).toBe(1);
});
