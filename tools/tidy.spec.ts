import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEEDS } from '@clair/feeds';
import { SCANNERS } from '@clair/scanners';
import { SCHEMES } from '@clair/versions';
import { describe, expect, it } from 'vitest';
import { castFindings } from './tidy/casts.ts';
import {
  dependencyFindings,
  type LongFiles,
  lengthFindings,
  pluginFindings,
  type TextFile,
  wordFindings,
} from './tidy/findings.ts';

const ROOT = join(import.meta.dirname, '..');

const LONG_FILES: LongFiles = {
  'apps/updater/src/service.int.spec.ts':
    'one fixture, a service with its database and source, serves all of its cases',
};

function filesOf(patterns: readonly string[]): TextFile[] {
  return globSync([...patterns], {
    cwd: ROOT,
    exclude: (name) => name.includes('node_modules') || name.endsWith('dist'),
  })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('/generated/') && !path.endsWith('.golden.json'))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const sources = filesOf(['{libs,apps,tools,examples,bench}/**/*.{ts,mjs}', '*.ts']);
const texts = [...sources, ...filesOf(['**/*.{md,yaml,yml,proto,sh,sql}', '.ci/*'])];

function foldersBelow(where: string): { name: string; hasReadme: boolean }[] {
  return readdirSync(join(ROOT, where), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, hasReadme: existsSync(join(ROOT, where, name, 'README.md')) }));
}

function dependencies(): string[] {
  const names = ['package.json', ...globSync('{libs,apps}/*/package.json', { cwd: ROOT })].flatMap((file) => {
    const manifest: Record<string, Record<string, string> | undefined> = JSON.parse(
      readFileSync(join(ROOT, file), 'utf8'),
    );
    return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    );
  });
  return [...new Set(names)].filter((name) => !name.startsWith('@clair/')).toSorted();
}

describe('the repository is tidy', () => {
  it('reads something', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(dependencies()).toContain('nats');
  });

  it.each([
    { where: 'libs/versions/src/schemes', ids: Object.keys(SCHEMES) },
    { where: 'libs/scanners/src/scanners', ids: SCANNERS.map(({ id }) => id) },
    { where: 'libs/feeds/src/feeds', ids: FEEDS.map(({ id }) => id) },
  ])('every folder of $where is a registered plug-in', ({ where, ids }) => {
    expect(ids).not.toEqual([]);
    expect(pluginFindings({ where, folders: foldersBelow(where), ids })).toEqual([]);
  });

  it('the schemes call themselves what they are registered as', () => {
    expect(Object.values(SCHEMES).map(({ id }) => id)).toEqual(Object.keys(SCHEMES));
  });

  it.each(['libs', 'apps'])('everything in %s has a README', (where) => {
    const without = foldersBelow(where).filter(({ hasReadme }) => !hasReadme);
    expect(without.map(({ name }) => `${where}/${name}`)).toEqual([]);
  });

  it('no file is too long', () => {
    expect(lengthFindings(sources, LONG_FILES)).toEqual([]);
  });

  it('no file says that it is not done', () => {
    expect(wordFindings(texts)).toEqual([]);
  });

  it('every cast says why it is safe', () => {
    const product = sources.filter(({ path }) => path.endsWith('.ts') && !/\.(spec|contract)\.ts$/.test(path));
    expect(product.flatMap(castFindings)).toEqual([]);
  });

  it('every dependency has its reason in CONTRIBUTING.md', () => {
    const contributing = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
    expect(dependencyFindings(dependencies(), contributing)).toEqual([]);
  });
});

describe('each of these checks can fail', () => {
  it('on length', () => {
    const file = (path: string, lines: number) => ({ path, text: 'x\n'.repeat(lines) });
    expect(lengthFindings([file('a.ts', 300)], {})).toEqual([]);
    expect(lengthFindings([file('a.ts', 301)], {})).toHaveLength(1);
    expect(lengthFindings([file('a.ts', 301)], { 'a.ts': 'one table' })).toEqual([]);
    expect(lengthFindings([file('a.ts', 10)], { 'a.ts': 'one table' })).toHaveLength(1);
  });

  it.each([
    [`// ${'TO'}DO later`, 1],
    [`// ${'FIX'}ME later`, 1],
    [`// ${'FIX'}ME(#12) later`, 0],
    [`it.${'only'}('x', f)`, 1],
    [`// @ts-${'ignore'}`, 1],
    ['const todoist = 1;', 0],
  ])('on words: %s: %i', (text, count) => {
    expect(wordFindings([{ path: 'a.ts', text }])).toHaveLength(count);
  });

  it.each([
    ['const d = text as Digest;', 1],
    ['const d = text as Digest; // Safety: checked above.', 0],
    ['// Safety: checked above.\nconst d = text as Digest;', 0],
    ['// Safety: checked\n// above.\nconst d = text as Digest;', 0],
    ['// Safety: of another line.\nconst e = 1;\nconst d = text as Digest;', 1],
    ['const x = [1] as const;', 0],
    ["import { a as b } from './a.ts';", 0],
    ["import * as all from './a.ts';", 0],
    ["export { a as b } from './a.ts';", 0],
    ['// reads as Debian does', 0],
    ['const x = y as any; // Safety: none.', 1],
    ['/** As far as any scanner wanted it. */', 0],
    ['f(\n  // Safety: checked above.\n  y as Digest,\n);', 0],
    ['const sql = "select a as b";', 0],
    ['const x = f() as { a: string };', 1],
  ])('on casts: %s: %i', (text, count) => {
    expect(castFindings({ path: 'a.ts', text })).toHaveLength(count);
  });

  it('on plug-ins', () => {
    const found = pluginFindings({
      where: 'x',
      folders: [
        { name: 'good', hasReadme: true },
        { name: 'lost', hasReadme: true },
        { name: 'bare', hasReadme: false },
      ],
      ids: ['good', 'bare', 'ghost', 'good'],
    });
    expect(found).toHaveLength(4);
  });

  it('on dependencies', () => {
    const page = '## Other\n\n- `c`: elsewhere\n\n## Dependencies\n\n- `a`: reason\n- `gone`: reason\n- `b`:\n';
    expect(dependencyFindings(['a', 'b', 'c'], page)).toEqual([
      'b has no reason in CONTRIBUTING.md',
      'c has no reason in CONTRIBUTING.md',
      'CONTRIBUTING.md explains gone, which nothing depends on',
    ]);
  });
});
