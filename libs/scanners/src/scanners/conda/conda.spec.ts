import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { conda } from './index.ts';

it.each([
  ['opt/conda/conda-meta/numpy-1.26.0-py311_0.json', true],
  ['opt/conda/conda-meta/history', false],
  ['opt/conda/pkgs/a/conda-meta.json', false],
  ['conda-meta/a.json', true],
])('wants %s: %s', (path, expected) => expect(conda.wants(path)).toBe(expected));

describe('finds', () => {
  it.each([
    ['{"name":"numpy","version":"1.26.0","build":"py311_0"}', ['numpy@1.26.0']],
    ['{"name":"numpy"}', ['unidentified: it names "numpy" without a version']],
    ['', ['malformed: not JSON']],
  ])('%s', (text, expected) => expect(foundTexts(conda, 'opt/conda/conda-meta/a.json', text)).toEqual(expected));
});
