import { describe, expect, it } from 'vitest';
import { LayerTree } from './layer-tree.ts';

const leaf = { is: 'leaf' };

function paths(tree: LayerTree<object>): string[] {
  return [...tree.entries()].map(({ prefix, name, node }) => prefix + name + (node === 'directory' ? '/' : '')).sort();
}

describe('LayerTree', () => {
  it('makes the directories that a path implies', () => {
    const tree = new LayerTree<object>();
    tree.put('a/b/c', leaf);
    expect(paths(tree)).toEqual(['a/', 'a/b/', 'a/b/c']);
    expect([tree.get('a/b/c'), tree.get('a/b'), tree.get('a/b/c/d'), tree.get('x'), tree.get('')]).toEqual([
      leaf,
      'directory',
      undefined,
      undefined,
      'directory',
    ]);
  });

  it('drops what is below a directory that a leaf replaces, and goes on from there', () => {
    const tree = new LayerTree<object>();
    tree.put('a/b/c', leaf);
    tree.put('a/b', leaf);
    expect(paths(tree)).toEqual(['a/', 'a/b']);
    tree.put('a/b/d', leaf);
    expect(paths(tree)).toEqual(['a/', 'a/b/', 'a/b/d']);
  });

  it('keeps what a directory holds when it comes again', () => {
    const tree = new LayerTree<object>();
    tree.put('a/b', leaf);
    tree.makeDirectory('a');
    expect(paths(tree)).toEqual(['a/', 'a/b']);
  });

  it('is not confused by names of object prototypes', () => {
    const tree = new LayerTree<object>();
    tree.put('__proto__/constructor', leaf);
    expect(paths(tree)).toEqual(['__proto__/', '__proto__/constructor']);
  });

  it('refuses new nodes when it is full, and still replaces old ones', () => {
    const tree = new LayerTree<object>(2);
    const other = { is: 'other' };
    expect([tree.put('a/b', leaf), tree.put('a/c', leaf), tree.makeDirectory('d')]).toEqual([true, false, false]);
    expect(tree.put('a/b', other)).toBe(true);
    expect(tree.get('a/b')).toBe(other);
  });

  it('replaces a large directory again and again in linear time', () => {
    const tree = new LayerTree<object>();
    for (let round = 0; round < 50_000; round += 1) {
      tree.put('a/b', leaf);
      tree.put('a', leaf);
    }
    expect(paths(tree)).toEqual(['a']);
  });
});
