import { describe, expect, it } from 'vitest';
import { resolveInventory } from '../../resolve-inventory.ts';
import { file, other, stacked, type TarEntry } from '../../testing/layer-dsl.ts';
import { textFile } from '../../testing/scanned-file.ts';
import { apk } from './index.ts';

function read(text: string): { packages: string[]; problems: number } {
  const result = apk.read(textFile('lib/apk/db/installed', text));
  if (!result.ok) return { packages: [], problems: -1 };
  const { packages, problems } = result.value;
  return {
    packages: packages.map((p) => `${p.name}=${p.version}:${p.arch} ${p.source.name}=${p.source.version}`),
    problems: problems.length,
  };
}

const tools =
  'C:Q1sum=\nP:musl-utils\nV:1.2.5-r0\nA:x86_64\nS:36\nT:tools\no:musl\nc:0123\nF:usr\nF:usr/bin\nR:ldd\na:0:0:755\nZ:Q1x=\n';
const TOOLS = 'musl-utils=1.2.5-r0:x86_64 musl=1.2.5-r0';

describe('wants', () => {
  it.each([
    ['lib/apk/db/installed', true],
    ['usr/lib/apk/db/installed', true],
    ['srv/jail/lib/apk/db/installed', true],
    ['mylib/apk/db/installed', false],
    ['lib/apk/db/installed.new', false],
    ['lib/apk/db', false],
    ['installed', false],
  ])('%s: %s', (path, wanted) => {
    expect(apk.wants(path)).toBe(wanted);
  });
});

describe('installed', () => {
  it.each([
    { what: 'an empty file', text: '', packages: [], problems: 0 },
    { what: 'one stanza', text: tools, packages: [TOOLS], problems: 0 },
    { what: 'two stanzas', text: `${tools}\n${tools}\n`, packages: [TOOLS, TOOLS], problems: 0 },
    { what: 'empty lines anywhere', text: `\n\n${tools}\n\n\n${tools}`, packages: [TOOLS, TOOLS], problems: 0 },
    { what: 'CRLF', text: tools.replaceAll('\n', '\r\n'), packages: [TOOLS], problems: 0 },
    {
      what: 'the last line of the last stanza counts',
      text: 'P:a\nA:x86\nV:1',
      packages: ['a=1:x86 a=1'],
      problems: 1,
    },
    { what: 'no origin', text: 'P:a\nV:1\nA:x86\n', packages: ['a=1:x86 a=1'], problems: 0 },
    {
      what: 'no architecture',
      text: 'P:.deps\nV:20240101.1\n',
      packages: ['.deps=20240101.1: .deps=20240101.1'],
      problems: 0,
    },
    { what: 'no version, then a good one', text: `P:a\n\n${tools}`, packages: [TOOLS], problems: 1 },
    { what: 'no name, then a good one', text: `V:1\n\n${tools}`, packages: [TOOLS], problems: 1 },
    { what: 'a line that is no field', text: `what\n\n${tools}`, packages: [TOOLS], problems: 1 },
    { what: 'two versions', text: 'P:a\nV:1\nV:2\n', packages: [], problems: 1 },
    { what: 'a missing empty line', text: 'P:a\nV:1\nP:b\nV:2\n', packages: ['a=1: a=1', 'b=2: b=2'], problems: 1 },
    { what: 'a control character', text: 'P:a\0\nV:1\n', packages: [], problems: 1 },
  ])('$what', ({ text, packages, problems }) => {
    expect(read(text)).toEqual({ packages, problems });
  });
});

describe('in an image', () => {
  const packagesOf = (...layers: readonly (readonly TarEntry[])[]) =>
    resolveInventory(stacked(...layers)).packages.map((p) => `${p.name} ${p.version} of ${p.source.name}`);
  const OLD = 'lib/apk/db/installed';
  const MERGED = 'usr/lib/apk/db/installed';

  it.each([
    { what: 'as it was until apk-tools 3', path: OLD },
    { what: 'where /usr is merged', path: MERGED },
    { what: 'below another root', path: `srv/jail/${MERGED}` },
  ])('$what', ({ path }) => {
    expect(packagesOf([file(path, tools)])).toEqual(['musl-utils 1.2.5-r0 of musl']);
  });

  it('an upgrade that merges /usr leaves the packages of the new database only', () => {
    const upgraded = tools.replace('1.2.5-r0', '1.2.5-r9');
    expect(packagesOf([file(OLD, tools)], [other('lib'), file(MERGED, upgraded)])).toEqual([
      'musl-utils 1.2.5-r9 of musl',
    ]);
    expect(packagesOf([file(OLD, tools)], [file('lib/apk/db/.wh.installed'), file(MERGED, upgraded)])).toEqual([
      'musl-utils 1.2.5-r9 of musl',
    ]);
  });
});
