import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { pipfileLock } from './index.ts';

it.each([
  ['app/Pipfile.lock', true],
  ['app/Pipfile', false],
])('wants %s: %s', (path, expected) => expect(pipfileLock.wants(path)).toBe(expected));

describe('finds', () => {
  it('the packages that are not for development', () => {
    const document = {
      default: {
        Aio_Pika: { version: '==6.8.0', hashes: [] },
        own: { editable: true, path: '.' },
        commit: { git: 'https://example.org/x', ref: '0a1b' },
      },
      develop: { pytest: { version: '==6.2.4' } },
    };
    expect(foundTexts(pipfileLock, 'Pipfile.lock', JSON.stringify(document))).toEqual([
      'aio-pika@6.8.0',
      'unidentified: commit is installed from an address, not from an index',
    ]);
  });

  it('no default packages', () => {
    expect(foundTexts(pipfileLock, 'Pipfile.lock', '{}')).toEqual(['malformed: no default packages']);
  });
});
