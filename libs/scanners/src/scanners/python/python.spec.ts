import { zipArchive } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { bytesFile } from '../../testing/scanned-file.ts';
import { python } from './index.ts';

it.each([
  ['usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO', true],
  ['usr/lib/python3/dist-packages/six.egg-info', true],
  ['opt/venv/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA', true],
  ['a/b.egg/EGG-INFO/PKG-INFO', true],
  ['opt/x.dist-info/RECORD', false],
  ['src/PKG-INFO', false],
])('wants %s: %s', (path, expected) => expect(python.wants(path)).toBe(expected));

describe('finds', () => {
  const PATH = 'usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA';

  it.each([
    [
      'a package',
      'Metadata-Version: 2.1\nName: Zope.Interface\nVersion: 5.4.0\n\nName: not this\n',
      ['zope-interface@5.4.0'],
    ],
    ['other ends of lines', 'Name: a\r\nVersion: 1.0\r\n\r\n', ['a@1.0']],
    [
      'fields in another order and case',
      'version: 1!2.0.post1\nSummary: x\n  Name: folded\nname: b\n',
      ['b@1!2.0.post1'],
    ],
    [
      'a description that looks like fields',
      'Name: a\n\nVersion: 9\n',
      ['unidentified: it names "a" without a version'],
    ],
    ['an empty file', '', ['unidentified: it names no package']],
  ])('%s', (_, text, expected) => expect(foundTexts(python, PATH, text)).toEqual(expected));
});

describe('a zipped egg', () => {
  const read = (members: Record<string, string>) => {
    const outcome = python.read(bytesFile('lib/a-1.0-py3.egg', zipArchive(members)));
    return outcome.ok ? outcome.value.packages.map(({ name, version }) => `${name}@${version}`) : outcome.error;
  };

  it('is a package', () => {
    expect(python.wants('lib/a-1.0-py3.egg')).toBe(true);
    expect(read({ 'EGG-INFO/PKG-INFO': 'Name: A_b\nVersion: 1.0\n', 'a/__init__.py': '' })).toEqual(['a-b@1.0']);
  });

  it('without metadata, or that is no zip, is a problem', () => {
    expect(read({ 'a/__init__.py': '' })).toEqual({ kind: 'malformed', reason: 'it has no EGG-INFO/PKG-INFO' });
    const none = python.read(bytesFile('a.egg', Buffer.from('x'.repeat(100))));
    expect(none.ok ? '' : none.error.reason).toBe('not a zip: it has no directory');
  });
});
