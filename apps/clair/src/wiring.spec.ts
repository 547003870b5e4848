import { type Mode, readConfigValue } from '@clair/service-kit';
import { expect, it } from 'vitest';
import { checkWiring } from './wiring.ts';

function check(updaters: object, mode: Mode, more: object = {}) {
  const reading = readConfigValue({ updaters, ...more });
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

it('names the key of a connstring that cannot be used, once for all services that take it', () => {
  const more = { matcher: { connstring: 'host=db port=x' }, notifier: { connstring: 'host=db' } };
  expect(check({ sets: ['nosuch'] }, 'combo', more)).toEqual({
    ok: false,
    error: [
      'matcher.connstring: the port "x" is not a number from 1 to 65535',
      expect.stringMatching(/^updaters\.sets: there is no set nosuch/),
    ],
  });
  expect(check({}, 'notifier', more)).toEqual({ ok: true, value: { warnings: [] } });
});
