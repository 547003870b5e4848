import { expect, it } from 'vitest';
import { configurationPage, isPageCurrent } from './config-docs.ts';

it('says of each key its type, default and meaning, block by block', () => {
  const page = configurationPage({
    properties: {
      level: { enum: ['', 'info', 'warn'], default: 'info', description: 'Lines | to write.' },
      store: {
        description: 'Where things are.',
        required: ['url'],
        properties: {
          url: { type: 'string', clairForm: 'http-url', clairSecret: true, description: 'Address.' },
          names: { type: 'array', items: { type: 'string' }, description: 'Who.' },
          count: { type: 'integer', default: 10, minimum: 2, maximum: 20, description: 'How many.' },
        },
      },
      old: { clairDeprecated: 'gone', description: 'Deprecated: gone', properties: { inner: { type: 'string' } } },
    },
  });
  expect(page.slice(page.indexOf('### Top level'))).toBe(
    [
      '### Top level',
      '',
      '| key | type | default | meaning |',
      '| --- | --- | --- | --- |',
      '| `level` | `info` `warn` | `"info"` | Lines \\| to write. |',
      '',
      '### `store`',
      '',
      'Where things are.',
      '',
      '| key | type | default | meaning |',
      '| --- | --- | --- | --- |',
      '| `url` | http url | required | Address. Never printed. |',
      '| `names` | list of string |  | Who. |',
      '| `count` | integer | `10` | How many. At least 2. At most 20. |',
      '',
      '### `old`',
      '',
      'Deprecated: gone',
      '',
      '',
    ].join('\n'),
  );
});

it('is what docs/configuration.md was written with; else run: npx node tools/config-docs.ts', () => {
  expect(isPageCurrent()).toBe(true);
});
