import { describe, expect, it } from 'vitest';
import { textFile } from '../../testing/scanned-file.ts';
import { parseReleaseFields } from './fields.ts';
import { osRelease } from './index.ts';

function read(path: string, text: string) {
  const result = osRelease.read(textFile(path, text));
  if (!result.ok) return undefined;
  return { did: result.value.distribution?.did, ...result.value.distribution, problems: result.value.problems.length };
}

describe('assignments', () => {
  it.each([
    { line: 'A=b', value: 'b' },
    { line: 'A=', value: '' },
    { line: 'A=""', value: '' },
    { line: "A=''", value: '' },
    { line: 'A="b c"', value: 'b c' },
    { line: "A='b c'", value: 'b c' },
    { line: '  A=b  ', value: 'b' },
    { line: 'A="b"  ', value: 'b' },
    { line: 'A="b" # why', value: 'b' },
    { line: 'A=b # why', value: 'b' },
    { line: 'A=b#c', value: 'b#c' },
    { line: 'A=#', value: '' },
    { line: 'A="#b"', value: '#b' },
    { line: 'A=b c', value: 'b c' },
    { line: 'A=b=c', value: 'b=c' },
    { line: String.raw`A="\"\$\`\\"`, value: '"$`\\' },
    { line: String.raw`A="\n"`, value: '\\n' },
    { line: String.raw`A='\'`, value: '\\' },
    { line: String.raw`A=b\ c\"`, value: 'b c"' },
    { line: `A="it's"`, value: "it's" },
    { line: `A='say "x"'`, value: 'say "x"' },
    { line: 'A="$HOME"', value: '$HOME' },
    { line: 'A=b\r', value: 'b' },
    { line: 'A=1\nA=2', value: '2' },
    { line: '#A=b', value: undefined },
    { line: '', value: undefined },
  ])('$line', ({ line, value }) => {
    const { fields, problems } = parseReleaseFields(line);
    expect(fields.get('A')).toBe(value);
    expect(problems).toEqual([]);
  });

  it.each([
    'A',
    'A =b',
    'A= "b',
    'A="b',
    "A='b",
    'A="b"c',
    'A="b" c',
    'A=b"c"',
    '1A=b',
    '-A=b',
    'A="b\\"',
    'A=b\0',
    'export A=b',
  ])('a corrupt line is a problem and costs that line: %s', (line) => {
    const { fields, problems } = parseReleaseFields(`B=1\n${line}\nC=2\n`);
    expect([...fields]).toEqual([
      ['B', '1'],
      ['C', '2'],
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^line 2: /);
  });
});

describe('wants', () => {
  it.each([
    ['etc/os-release', true],
    ['usr/lib/os-release', true],
    ['etc/lsb-release', true],
    ['etc/alpine-release', true],
    ['etc/debian_version', true],
    ['srv/etc/os-release', false],
    ['os-release', false],
    ['etc/os-release/x', false],
    ['etc/redhat-release', true],
    ['etc/oracle-release', true],
    ['etc/SuSE-release', true],
    ['etc/issue', true],
    ['etc/issue.net', false],
    ['usr/share/redhat-release', false],
  ])('%s: %s', (path, wanted) => {
    expect(osRelease.wants(path)).toBe(wanted);
  });
});

describe('release files', () => {
  it('os-release gives all its fields', () => {
    const text =
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\n' +
      'VERSION_CODENAME=bookworm\nID=debian\nCPE_NAME="cpe:/o:debian:debian_linux:12"\nARCHITECTURE=x86-64\n';
    expect(read('etc/os-release', text)).toEqual({
      did: 'debian',
      name: 'Debian GNU/Linux',
      version: '12 (bookworm)',
      versionCodeName: 'bookworm',
      versionId: '12',
      arch: 'x86-64',
      cpe: 'cpe:/o:debian:debian_linux:12',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
      namespace: 'debian:12',
      problems: 0,
    });
  });

  it.each([
    { path: 'etc/os-release', text: 'ID=rocky\nVERSION_ID=9.4\n', did: 'rocky', namespace: 'rocky:9', problems: 0 },
    {
      path: 'etc/os-release',
      text: 'PRETTY_NAME="Alpine Linux edge"\nID=alpine\nVERSION_ID=3.18.0\n',
      did: 'alpine',
      namespace: 'alpine:v3.18',
      problems: 0,
    },
    {
      path: 'etc/os-release',
      text: '\ufeffID="rhel"\r\nVERSION_ID="8"\r\nVERSION_ID="9.4"\r\n# end\r\n',
      did: 'rhel',
      namespace: 'rhel:9',
      problems: 0,
    },
    {
      path: 'etc/os-release',
      text: 'ID=mine\nID_LIKE="rhel fedora"\nVERSION_ID=9.4\nPRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"\n',
      did: 'mine',
      namespace: '',
      problems: 0,
    },
    { path: 'usr/lib/os-release', text: 'ID=debian\nbroken\n', did: 'debian', namespace: '', problems: 1 },
    { path: 'etc/os-release', text: 'NAME=Debian\nVERSION_ID=8\n', did: undefined, namespace: undefined, problems: 1 },
    { path: 'etc/os-release', text: '', did: undefined, namespace: undefined, problems: 1 },
    {
      path: 'etc/lsb-release',
      text: 'DISTRIB_ID=Debian\nDISTRIB_RELEASE=9.8\n',
      did: 'debian',
      namespace: 'debian:9',
      problems: 0,
    },
    {
      path: 'etc/lsb-release',
      text: 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\n',
      did: 'ubuntu',
      namespace: 'ubuntu:18.04',
      problems: 0,
    },
    { path: 'etc/lsb-release', text: 'LSB_VERSION=1.4\n', did: undefined, namespace: undefined, problems: 0 },
    { path: 'etc/alpine-release', text: '3.17.5\n', did: 'alpine', namespace: 'alpine:v3.17', problems: 0 },
    {
      path: 'etc/alpine-release',
      text: '3.22.0_alpha20250108\n',
      did: 'alpine',
      namespace: 'alpine:edge',
      problems: 0,
    },
    { path: 'etc/alpine-release', text: 'yes\n', did: undefined, namespace: undefined, problems: 1 },
    { path: 'etc/debian_version', text: '9.8\n', did: 'debian', namespace: 'debian:9', problems: 0 },
    { path: 'etc/debian_version', text: 'buster/sid\n', did: 'debian', namespace: 'debian:10', problems: 0 },
    { path: 'etc/debian_version', text: 'notyet/sid\n', did: 'debian', namespace: 'debian:sid', problems: 0 },
    { path: 'etc/debian_version', text: 'kali-rolling\n', did: undefined, namespace: undefined, problems: 1 },
    { path: 'etc/debian_version', text: '', did: undefined, namespace: undefined, problems: 1 },
  ])('$path $text', ({ path, text, ...expected }) => {
    const { did, namespace, problems } = read(path, text) ?? {};
    expect({ did, namespace, problems }).toEqual(expected);
  });
});
