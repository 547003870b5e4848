// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Dockerfiles
import { describe, expect, it } from 'vitest';
import { textFile } from '../../testing/scanned-file.ts';
import { dockerfileLabels } from './dockerfile-labels.ts';
import { rhelDockerfile } from './index.ts';

it.each([
  ['root/buildinfo/Dockerfile-ubi8-8.4-208', true],
  ['root/buildinfo/Dockerfile', false],
  ['root/buildinfo/a/Dockerfile-x', false],
  ['Dockerfile-x', false],
])('wants %s: %s', (path, wanted) => expect(rhelDockerfile.wants(path)).toBe(wanted));

describe('labels', () => {
  it.each([
    ['LABEL a=b', 'b'],
    ['label a=b', 'b'],
    ['LABEL a b c', 'b c'],
    ['LABEL a="b c"', 'b c'],
    ["LABEL a='$X'", '$X'],
    ['LABEL "a"="b"', 'b'],
    ['LABEL x=1 a=b y=2', 'b'],
    ['LABEL x=1 \\\n  a=b', 'b'],
    ['LABEL x=1 \\\n# why\n\n  a=b', 'b'],
    ['LABEL a=1\nLABEL a=2', '2'],
    ['ENV X=1\nLABEL a=$X', '1'],
    ['ENV X 1 2\nLABEL a="$X"', '1 2'],
    ['ARG X=1\nLABEL a="${X}-2"', '1-2'],
    ['ARG X\nLABEL a=${X:-3}', '3'],
    ['ENV X=\nLABEL a=${X:-3}', '3'],
    ['ENV X=1\nLABEL a=${X:-3}', '1'],
    ['ENV X=1\nLABEL a=${X:+4}', '4'],
    ['LABEL a=${X:+4}', ''],
    ['LABEL a=\\$X', '$X'],
    ['LABEL a="\\"q\\""', '"q"'],
    ['ENV X=1 Y=$X\nLABEL a=$Y', '1'],
    ['RUN LABEL a=b', undefined],
    ['# LABEL a=b', undefined],
  ])('%j', (text, value) => {
    const { labels, problems } = dockerfileLabels(text);
    expect(labels.get('a')).toBe(value);
    expect(problems).toEqual([]);
  });

  it.each(['LABEL a="b', 'LABEL a', 'LABEL a=b c'])('%j is a problem, and costs that instruction', (text) => {
    const { labels, problems } = dockerfileLabels(`${text}\nLABEL b=1`);
    expect(labels.get('b')).toBe('1');
    expect(problems).toHaveLength(1);
  });

  it('does not grow without end', () => {
    const doubling = Array.from({ length: 60 }, () => 'ENV A=$A$A').join('\n');
    const { labels, problems } = dockerfileLabels(`ENV A=xxxxxxxxxx\n${doubling}\nLABEL b=$A`);
    expect(labels.get('b')?.length).toBeLessThanOrEqual(10_000);
    expect(problems.length).toBeGreaterThan(0);
  });
});

it('reads the product', () => {
  const text = 'FROM ubi8\nARG V=4.16\nLABEL cpe="cpe:/a:redhat:openshift:${V}::el9" name=x';
  const path = 'root/buildinfo/Dockerfile-x-1';
  const result = rhelDockerfile.read(textFile(path, text));
  expect(result).toMatchObject({
    ok: true,
    value: { repositories: { cpes: ['cpe:/a:redhat:openshift:4.16::el9'] }, problems: [] },
  });
});
