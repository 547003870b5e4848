import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../feed.ts';
import { affectedRows } from './affected-rows.ts';
import type { OvalMeaning } from './oval-case.ts';
import type { OvalCases } from './oval-criteria.ts';
import { type OvalDefinition, ovalDefinitions } from './oval-document.ts';
import type { OvalTest } from './oval-test.ts';
import { packageMeaning } from './package-test.ts';

async function* documentOf(text: string, pieceBytes = 100): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

const definition = (criteria: string, id = 'd:1') =>
  `<definition id="${id}" class="patch"><metadata><title>t</title></metadata>${criteria}</definition>`;

/** A test of package `name`, with the state's content. */
const packageTest = (id: string, name: string, state: string) => `
  <rpminfo_test id="t:${id}" check="at least one"><object object_ref="o:${id}"/>${state && `<state state_ref="s:${id}"/>`}</rpminfo_test>
  <rpminfo_object id="o:${id}"><name>${name}</name></rpminfo_object>
  <rpminfo_state id="s:${id}">${state}</rpminfo_state>`;

const below = (evr: string) => `<evr datatype="evr_string" operation="less than">${evr}</evr>`;

const TESTS = [
  packageTest('p1', 'os-release', '<version operation="equals">1</version>'),
  packageTest('p2', 'os-release', '<version operation="equals">2</version>'),
  packageTest('px', 'other-release', '<version operation="equals">1</version>'),
  packageTest('arm', 'arm', ''),
  packageTest('x86', 'x86', ''),
  packageTest('a', 'a', below('0:1-1')),
  packageTest('from', 'a', '<evr operation="greater than or equal">0:0.5-1</evr>'),
  packageTest('b', 'b', below('0:2-1')),
  packageTest('key', 'a', '<signature_keyid operation="equals">0123</signature_keyid>'),
  packageTest('odd', 'c', '<filepath>/x</filepath>'),
  `<textfilecontent54_test id="t:file" check="all"><object object_ref="o:file"/></textfilecontent54_test>
   <textfilecontent54_object id="o:file"><filepath>/etc/x</filepath></textfilecontent54_object>`,
].join('');

const oval = (definitions: string, rest = TESTS) =>
  `<oval_definitions><generator/><definitions>${definitions}</definitions><tests>${rest}</tests></oval_definitions>`;

function meaning(test: OvalTest): OvalMeaning {
  const [name = ''] = test.names;
  if (name === 'os-release') return { kind: 'platform', namespaces: [`os:${test.state[0]?.value}`] };
  if (name === 'other-release') return { kind: 'elsewhere', product: 'Other' };
  if (name === 'arm' || name === 'x86') return { kind: 'arch', arches: [name] };
  return packageMeaning(test);
}

async function readAll(document: string): Promise<OvalDefinition[]> {
  const definitions: OvalDefinition[] = [];
  for await (const read of ovalDefinitions(documentOf(document))) if (read.ok) definitions.push(read.value);
  return definitions;
}

async function casesOf(criteria: string, others = ''): Promise<OvalCases> {
  const [first] = await readAll(oval(definition(criteria) + others));
  if (first === undefined) throw new Error('there is no definition');
  return first.cases(meaning);
}

/** Cases as `os:1 x86,arm a<0:1-1`. */
function shown({ cases }: OvalCases): string[] {
  return cases.map(({ namespace, arches, package: pkg }) => {
    const range = pkg && `${pkg.range.introduced ?? ''}..${pkg.range.fixed ?? ''}`;
    return [namespace, arches?.join(), pkg && `${pkg.package} ${range}`].filter(Boolean).join(' ');
  });
}

const c = (id: string, more = '') => `<criterion test_ref="t:${id}" ${more}/>`;
const all = (...parts: string[]) => `<criteria operator="AND">${parts.join('')}</criteria>`;
const any = (...parts: string[]) => `<criteria operator="OR">${parts.join('')}</criteria>`;

describe('criteria become the ways in which they are true', () => {
  it.each([
    ['one criterion', all(c('a')), ['a ..0:1-1']],
    ['AND without an operator', `<criteria>${c('p1')}${c('a')}</criteria>`, ['os:1 a ..0:1-1']],
    ['OR', any(c('a'), c('b')), ['a ..0:1-1', 'b ..0:2-1']],
    [
      'every platform with every package',
      all(any(c('p1'), c('p2')), any(c('a'), c('b'))),
      ['os:1 a ..0:1-1', 'os:1 b ..0:2-1', 'os:2 a ..0:1-1', 'os:2 b ..0:2-1'],
    ],
    ['the same twice is once', any(all(c('p1'), c('a')), all(c('a'), c('p1'))), ['os:1 a ..0:1-1']],
    [
      'architectures',
      all(c('p1'), any(all(c('x86'), c('a')), all(c('arm'), c('a')))),
      ['os:1 x86 a ..0:1-1', 'os:1 arm a ..0:1-1'],
    ],
    ['a signature says nothing', all(c('a'), c('key')), ['a ..0:1-1']],
    ['two bounds are one range', all(c('a'), c('from')), ['a 0:0.5-1..0:1-1']],
    ['two platforms at once are never', any(all(c('p1'), c('p2'), c('a')), c('b')), ['b ..0:2-1']],
    ['two architectures at once are never', any(all(c('x86'), c('arm'), c('a')), c('b')), ['b ..0:2-1']],
    ['what is always true, negated, is never', any(all(c('key', 'negate="true"'), c('a')), c('b')), ['b ..0:2-1']],
    ['extend_definition', all('<extend_definition definition_ref="d:os"/>', c('a')), ['os:1 a ..0:1-1']],
  ])('%s', async (_name, criteria, expected) => {
    const cases = await casesOf(criteria, definition(all(c('p1')), 'd:os'));
    expect(shown(cases)).toEqual(expected);
    expect(cases.problems).toEqual([]);
  });
});

describe('what cannot be read is told, and costs no more than it must', () => {
  it.each([
    ['a branch of an OR', any(c('odd'), c('a')), ['a ..0:1-1'], /t:odd: its state asks for filepath equals \/x/],
    ['an AND as a whole', all(c('odd'), c('a')), [], /filepath/],
    ['a test that is not there', any(c('none'), c('a')), ['a ..0:1-1'], /there is no test t:none/],
    ['a definition that is not there', all('<extend_definition definition_ref="d:none"/>'), [], /definition d:none/],
    ['a definition that extends itself', all('<extend_definition definition_ref="d:1"/>'), [], /extends itself/],
    ['another operator', '<criteria operator="XOR"><criterion test_ref="t:a"/></criteria>', [], /XOR/],
    ['nothing', '<criteria/>', [], /empty/],
    ['a negated package', any(c('a', 'negate="true"'), c('b')), ['b ..0:2-1'], /negated/],
    ['two packages at once', all(c('a'), c('b')), [], /about a and b at once/],
    ['another kind of test', any(c('file'), c('a')), ['a ..0:1-1'], /textfilecontent54/],
  ])('%s', async (_name, criteria, expected, problem) => {
    const cases = await casesOf(criteria);
    expect(shown(cases)).toEqual(expected);
    expect(cases.problems).toEqual([expect.stringMatching(problem)]);
  });

  it('a product that nobody covers is named, and what stands beside it is no problem', async () => {
    const cases = await casesOf(any(all(c('px'), c('odd')), all(c('p1'), c('a'))));
    expect(shown(cases)).toEqual(['os:1 a ..0:1-1']);
    expect(cases).toMatchObject({ problems: [], elsewhere: ['Other'] });
  });
});

describe('references', () => {
  const only = async (tests: string) => {
    const [first] = await readAll(oval(definition(all(c('x'))), tests));
    return first?.cases(meaning);
  };
  const test = (inside: string, attributes = 'check="at least one"') =>
    `<dpkginfo_test id="t:x" ${attributes}>${inside}</dpkginfo_test>`;
  const object = '<dpkginfo_object id="o:x"><name>a</name></dpkginfo_object>';

  it('a constant variable names the packages', async () => {
    const tests = `${test('<object object_ref="o:v"/>')}<dpkginfo_object id="o:v"><name var_ref="v:1" var_check="at least one"/></dpkginfo_object>
      <constant_variable id="v:1" datatype="string"><value>a</value><value>b</value></constant_variable>`;
    const cases = await only(tests);
    expect(cases?.cases.map((each) => each.package)).toEqual([
      { package: 'a', range: {}, status: 'affected', fixState: 'not-fixed' },
      { package: 'b', range: {}, status: 'affected', fixState: 'not-fixed' },
    ]);
  });

  it.each([
    ['no object', test('<object object_ref="o:none"/>'), /there is no object o:none/],
    [
      'no state',
      `${test('<object object_ref="o:x"/><state state_ref="s:none"/>')}${object}`,
      /there is no state s:none/,
    ],
    [
      'a state of a state’s id that is an object',
      `${test('<object object_ref="o:x"/><state state_ref="o:x"/>')}${object}`,
      /there is no state o:x/,
    ],
    [
      'an object by pattern',
      `${test('<object object_ref="o:p"/>')}<dpkginfo_object id="o:p"><name operation="pattern match">^a</name></dpkginfo_object>`,
      /every name of which "pattern match" holds/,
    ],
    [
      'an object that is a set',
      `${test('<object object_ref="o:s"/>')}<dpkginfo_object id="o:s"><set/></dpkginfo_object>`,
      /is a set/,
    ],
    [
      'a variable of another kind',
      `${test('<object object_ref="o:v"/>')}<dpkginfo_object id="o:v"><name var_ref="v:1"/></dpkginfo_object><local_variable id="v:1"/>`,
      /no constant variable/,
    ],
    ['none of them', `${test('<object object_ref="o:x"/>', 'check="none satisfy"')}${object}`, /none satisfy/],
    [
      'none exists',
      `${test('<object object_ref="o:x"/>', 'check="all" check_existence="none_exist"')}${object}`,
      /none_exist/,
    ],
  ])('%s', async (_name, tests, problem) => {
    expect(await only(tests)).toEqual({ cases: [], elsewhere: [], problems: [expect.stringMatching(problem)] });
  });
});

it('makes one row of cases that differ in the architecture only', async () => {
  const { cases } = await casesOf(
    any(all(c('p1'), any(c('x86'), c('arm')), any(c('a'), c('b'))), all(c('p1'), c('b'))),
  );
  const base = {
    packageKind: 'binary',
    scheme: 'rpm',
    bulletin: '',
    severity: '',
    normalizedSeverity: 'Unknown',
  } as const;
  const { rows, problems } = affectedRows(cases, base);
  expect(rows.map(({ package: name, arches }) => [name, arches])).toEqual([
    ['a', ['arm', 'x86']],
    ['b', []],
  ]);
  expect(problems).toEqual([]);
  expect(affectedRows((await casesOf(all(c('a')))).cases, base)).toEqual({
    rows: [],
    problems: ['a case about a asks for no platform'],
  });
  expect(affectedRows((await casesOf(all(c('p1')))).cases, base)).toEqual({
    rows: [],
    problems: ['a case of the criteria asks for no package'],
  });
});

it('rejects definitions that are none, and throws when there is no definition at all', async () => {
  const reasons: unknown[] = [];
  const document = oval(`<definition id="d:1"/><definition/><definition id="d:2"><metadata/></definition>`);
  for await (const read of ovalDefinitions(documentOf(document))) reasons.push(read.ok || read.error);
  expect(reasons).toEqual([
    { at: 'd:1', reason: 'the definition has no metadata' },
    { at: 'line 1', reason: 'the definition has no id' },
    { at: 'd:2', reason: 'the definition has no criteria' },
  ]);
  for (const text of [oval(''), '<oval_definitions/>', oval(definition(all(c('a')))).slice(0, -20)])
    await expect(readAll(text)).rejects.toThrow(MalformedDocument);
});

it('leaves out what it was told to, and keeps the metadata as it stands', async () => {
  const metadata =
    '<metadata><title> A  b </title><affected><platform>P</platform></affected><advisory from="x"><cve href="h">CVE-1</cve></advisory></metadata>';
  const document = oval(
    `<definition id="d:1" class="patch">${metadata}${all(c('a', 'comment="kept"'), c('key', 'comment="dropped"'))}</definition>`,
  );
  const comments: string[] = [];
  for await (const read of ovalDefinitions(documentOf(document), {
    omittedElements: ['affected'],
    keepsComment: (text) => text === 'kept',
  })) {
    if (!read.ok) throw new Error(read.error.reason);
    expect(read.value.metadata.children).toMatchObject([
      { name: 'title', text: 'A  b' },
      {
        name: 'advisory',
        attributes: { from: 'x' },
        children: [{ name: 'cve', attributes: { href: 'h' }, text: 'CVE-1' }],
      },
    ]);
    read.value.cases((test) => {
      comments.push(test.comment);
      return { kind: 'always' };
    });
  }
  expect(comments).toEqual(['kept', '']);
});

it('keeps a fraction of a document', async () => {
  const tests = Array.from({ length: 3_000 }, (_, i) =>
    packageTest(`n${i}`, `package-${i % 500}`, below(`0:${i % 100}-1`)),
  ).join('\n      ');
  const criteria = Array.from({ length: 3_000 }, (_, i) =>
    c(`n${i}`, `comment="package-${i % 500} is older than 0:${i % 100}-1"`),
  ).join('\n        ');
  const document = oval(definition(any(criteria)), tests);
  const read = async (keptBytesMax: number) => {
    let cases = 0;
    for await (const each of ovalDefinitions(documentOf(document, 65_536), { keptBytesMax, keepsComment: () => false }))
      if (each.ok) cases += each.value.cases(meaning).cases.length;
    return cases;
  };
  expect(document.length).toBeGreaterThan(1_000_000);
  expect(await read(1)).toBe(500);
});
