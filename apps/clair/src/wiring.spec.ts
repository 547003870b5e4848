import { type Mode, readConfigValue } from '@clair/service-kit';
import { expect, it } from 'vitest';
import { checkWiring } from './wiring.ts';

function check(updaters: object, mode: Mode) {
  const reading = readConfigValue({ updaters });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  return checkWiring(reading.value.config, mode);
}

const WRONG = { sets: ['debian', 'nosuch'], config: { debian: { jsonurl: 'x' }, nosuch: {} } };

it.each<[Mode]>([['combo'], ['updater']])('names all that %s would refuse of the updaters', (mode) => {
  expect(check(WRONG, mode)).toEqual({
    ok: false,
    error: [
      expect.stringMatching(/^updaters\.sets: there is no set nosuch; known: /),
      expect.stringMatching(/^updaters\.config: there is no set nosuch; known: /),
      expect.stringMatching(/^updaters\.config\.debian: unknown key jsonurl; known: /),
    ],
  });
});

it('has nothing against what another process runs, and passes on the warnings of its own', () => {
  expect(check(WRONG, 'indexer')).toEqual({ ok: true, value: { warnings: [] } });
  expect(check({ sets: ['debian', 'rhcc'] }, 'combo')).toEqual({
    ok: true,
    value: { warnings: [expect.stringContaining('rhcc')] },
  });
});
