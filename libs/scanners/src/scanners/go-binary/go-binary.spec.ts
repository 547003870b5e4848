import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { FoundPackages } from '../../language/found-packages.ts';
import { PROGRAM_FORMS, type ProgramForm, program } from '../../testing/executables.ts';
import { bytesFile } from '../../testing/scanned-file.ts';
import { goBinary } from './index.ts';
import { addModules } from './modules.ts';

const MODULES = [
  'path\texample.org/app/cmd',
  'mod\texample.org/app\t(devel)\t',
  'dep\tgithub.com/Masterminds/semver/v3\tv3.2.0\th1:x=',
  'dep\tgolang.org/x/net\tv0.1.0',
  '=>\tgolang.org/x/net\tv0.7.0\th1:y=',
  'dep\texample.org/local\tv1.0.0',
  '=>\t./local\t',
  'build\t-compiler=gc',
  '',
].join('\n');
const FOUND = [
  'stdlib@go1.21.3',
  'example.org/app@(devel)',
  'github.com/Masterminds/semver/v3@v3.2.0',
  'golang.org/x/net@v0.7.0',
  'example.org/local@(devel)',
];
const MARK = 'x'.repeat(16);
const MARKED = `${MARK}${MODULES}${MARK}`;
const ASCII = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));
const MAGIC = [0xff, ...ASCII(' Go buildinf:')];
const sectionName = (form: ProgramForm) =>
  form === 'mach-o' || form === 'universal' ? '__go_buildinfo' : form.startsWith('pe') ? '.data' : '.go.buildinfo';

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
const text = (value: string) => [...varint(value.length), ...ASCII(value)];
/** As Go 1.18 and later write it, some bytes into the section. */
const inline = (version: string, modules: string) =>
  Uint8Array.from([...Array(48).fill(0), ...MAGIC, 8, 2, ...Array(16).fill(0), ...text(version), ...text(modules)]);

function foundIn(bytes: Uint8Array): readonly string[] {
  expect(goBinary.wantsContent(bytes.subarray(0, 512))).toBe(true);
  const read = goBinary.read(bytesFile('usr/bin/app', bytes));
  if (!read.ok) return [read.error.reason];
  const problems = read.value.problems.map((one) => (typeof one === 'string' ? one : `${one.kind}: ${one.reason}`));
  return [...read.value.packages.map(({ name, version }) => `${name}@${version}`), ...problems];
}

describe.each(PROGRAM_FORMS)('a program of form %s', (form) => {
  it('says which modules it was made of', () => {
    expect(foundIn(program(form, [{ name: sectionName(form), bytes: inline('go1.21.3', MARKED) }]))).toEqual(FOUND);
  });

  it('says so by pointers, as it did until Go 1.17', () => {
    const word = form === 'elf32-big-endian' || form === 'pe32' ? 4 : 8;
    const isLittleEndian = form !== 'elf32-big-endian';
    const base = 0x50_0000;
    const bytes = new Uint8Array(0x1000);
    const view = new DataView(bytes.buffer);
    const set = (at: number, value: number) =>
      word === 4 ? view.setUint32(at, value, isLittleEndian) : view.setBigUint64(at, BigInt(value), isLittleEndian);
    bytes.set([...MAGIC, word, isLittleEndian ? 0 : 1]);
    const texts = [
      { descriptor: 0x40, at: 0x80, value: 'go1.21.3' },
      { descriptor: 0x60, at: 0x100, value: MARKED },
    ];
    for (const [index, { descriptor, at, value }] of texts.entries()) {
      set(16 + index * word, base + descriptor);
      set(descriptor, base + at);
      set(descriptor + word, value.length);
      bytes.set(ASCII(value), at);
    }
    expect(foundIn(program(form, [{ name: sectionName(form), bytes, address: base }]))).toEqual(FOUND);
  });

  it('without modules has the library of Go', () => {
    const bytes = inline('go1.19.8 X:boringcrypto', '');
    expect(foundIn(program(form, [{ name: sectionName(form), bytes }]))).toEqual(['stdlib@go1.19.8 X:boringcrypto']);
  });

  it('of another language has nothing', () => {
    expect(foundIn(program(form, [{ name: '.text', bytes: new Uint8Array(64) }]))).toEqual([]);
  });

  it('never throws, wherever it is cut or damaged', () => {
    const whole = program(form, [{ name: sectionName(form), bytes: inline('go1.21.3', MARKED) }]);
    for (let length = 0; length < 0x1200; length += 37)
      expect(() => goBinary.read(bytesFile('a', whole.subarray(0, length)))).not.toThrow();
    for (let at = 0; at < 0x500; at += 1) {
      const damaged = whole.slice();
      damaged[at] = 0xff;
      expect(() => goBinary.read(bytesFile('a', damaged))).not.toThrow();
    }
  });
});

it('is reported as unidentified where the information was removed', () => {
  const bytes = program('elf64', [{ name: '.gopclntab', bytes: new Uint8Array(64) }]);
  expect(foundIn(bytes)).toEqual([
    'unidentified: a program built by Go, of which neither the version of Go nor its modules can be read',
  ]);
});

it.each([
  ['usr/bin/app', true],
  ['app/server.exe', true],
  ['usr/lib/libx.so.1', true],
  ['usr/bin/.hidden', true],
  ['app/index.js', false],
  ['a.PNG', false],
])('wants %s: %s', (path, expected) => expect(goBinary.wants(path)).toBe(expected));

it.each([
  ['a script', ASCII('#!/bin/sh\n'.padEnd(512))],
  ['a Java class', [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, ...Array(504).fill(0)]],
  ['too little', [0x7f, 0x45, 0x4c, 0x46]],
])('does not want %s', (_, head) => expect(goBinary.wantsContent(Uint8Array.from(head))).toBe(false));

const buf = (() => {
  try {
    return createRequire(import.meta.url).resolve(`@bufbuild/buf-${process.platform}-${process.arch}/bin/buf`);
  } catch {
    return '';
  }
})();
it.skipIf(!existsSync(buf))('reads a real program', () => {
  const found = foundIn(readFileSync(buf));
  expect(found[0]).toMatch(/^stdlib@go1\.\d+/);
  expect(found).toContainEqual(expect.stringMatching(/^google\.golang\.org\/protobuf@v1\./));
  expect(found.length).toBeGreaterThan(30);
});

const recorded = sharedData('fixtures/go-buildinfo.json');
it.skipIf(recorded === undefined)(
  `reads the modules of real programs${recorded === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    const programs: { path: string; modinfo?: string }[] = JSON.parse(readFileSync(recorded ?? '', 'utf8'));
    const read = programs.flatMap(({ path, modinfo }) => (modinfo === undefined ? [] : [{ path, modinfo }]));
    expect(read.length).toBeGreaterThan(10);
    for (const { path, modinfo } of read) {
      const found = new FoundPackages('golang');
      addModules(modinfo, found);
      const expected = [...modinfo.matchAll(/^(?:mod|dep)\t(\S+)\t(\S*)[^\n]*(?:\n=>\t(\S+)\t(\S*))?/gm)].map(
        ([, name, version, replaced, by]) => `${replaced ?? name}@${by ?? version}`,
      );
      expect(
        found.outcome().packages.map(({ name, version }) => `${name}@${version}`),
        path,
      ).toEqual(expected);
    }
  },
);
