import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { PROGRAM_FORMS, program } from '../../testing/executables.ts';
import { bytesFile } from '../../testing/scanned-file.ts';
import { rustBinary } from './index.ts';

const AUDIT = {
  packages: [
    { name: 'app', version: '0.1.0', source: 'local', dependencies: [1, 2], root: true },
    { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build' },
    { name: 'smallvec', version: '1.6.0', source: 'crates.io' },
    { name: 'nameless' },
  ],
};
const FOUND = ['app@0.1.0', 'smallvec@1.6.0', 'unidentified: it names "nameless" without a version'];
const compressed = (value: unknown) => deflateSync(JSON.stringify(value));

function foundIn(bytes: Uint8Array): readonly string[] {
  const read = rustBinary.read(bytesFile('usr/bin/app', bytes));
  if (!read.ok) return [read.error.reason];
  const problems = read.value.problems.map((one) => (typeof one === 'string' ? one : `${one.kind}: ${one.reason}`));
  return [...read.value.packages.map(({ name, version }) => `${name}@${version}`), ...problems];
}

describe.each(PROGRAM_FORMS)('a program of form %s', (form) => {
  it('says which crates it was made of', () => {
    expect(foundIn(program(form, [{ name: '.dep-v0', bytes: compressed(AUDIT) }]))).toEqual(FOUND);
  });

  it('may have padding after them', () => {
    const bytes = Buffer.concat([compressed(AUDIT), Buffer.alloc(40)]);
    expect(foundIn(program(form, [{ name: '.dep-v0', bytes }]))).toEqual(FOUND);
  });

  it('without them has nothing', () => {
    expect(foundIn(program(form, [{ name: '.text', bytes: compressed(AUDIT) }]))).toEqual([]);
  });
});

it.each([
  ['not compressed', Buffer.from('{"packages":[]}'), 'the section .dep-v0: it is not compressed as it should be'],
  ['cut short', compressed(AUDIT).subarray(0, 40), 'the section .dep-v0: it is not compressed as it should be'],
  ['no JSON', deflateSync('x'), 'the section .dep-v0: not JSON'],
  [
    'too much',
    deflateSync(Buffer.alloc(65 * 1024 * 1024)),
    'the section .dep-v0: inflated it has more than 67108864 bytes',
  ],
])('says of a section that is %s what is wrong', (_, bytes, problem) => {
  expect(foundIn(program('elf64', [{ name: '.dep-v0', bytes }]))).toEqual([problem]);
});

const recorded = sharedData('fixtures/cargo-auditable.json');
it.skipIf(recorded === undefined)(
  `reads what real programs hold${recorded === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    const programs: { path: string; audit: { packages: { name: string; version: string }[] } }[] = JSON.parse(
      readFileSync(recorded ?? '', 'utf8'),
    );
    expect(programs.length).toBeGreaterThan(5);
    for (const { path, audit } of programs) {
      const expected = [...new Set(audit.packages.map(({ name, version }) => `${name}@${version}`))];
      expect(foundIn(program('elf64', [{ name: '.dep-v0', bytes: compressed(audit) }])), path).toEqual(expected);
    }
  },
);
