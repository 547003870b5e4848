import { expect, it } from 'vitest';
import { textFile } from '../../testing/scanned-file.ts';
import { rhelLabels } from './index.ts';

it.each([
  ['root/buildinfo/labels.json', true],
  ['usr/share/buildinfo/labels.json', true],
  ['labels.json', false],
  ['usr/share/buildinfo/content-sets.json', false],
])('wants %s: %s', (path, wanted) => expect(rhelLabels.wants(path)).toBe(wanted));

it.each([
  ['{"cpe":"cpe:/a:redhat:openshift_gitops:1.16::el8"}', ['cpe:/a:redhat:openshift_gitops:1.16::el8'], 0],
  ['{"cpe":"\\"cpe:/a:redhat:openshift_gitops:1.16::el8\\""}', ['cpe:/a:redhat:openshift_gitops:1.16::el8'], 0],
  ['{"cpe":"cpe:2.3:a:redhat:openshift:4.16:*:el9:*:*:*:*:*"}', ['cpe:2.3:a:redhat:openshift:4.16:*:el9:*:*:*:*:*'], 0],
  ['{"name":"ubi9"}', [], 0],
  ['{"cpe":""}', [], 0],
  ['{"cpe":"ubi9"}', [], 1],
  ['{"cpe":7}', [], 1],
])('%s', (text, cpes, problems) => {
  const result = rhelLabels.read(textFile('root/buildinfo/labels.json', text));
  expect(result).toMatchObject({ ok: true, value: { repositories: { cpes, contentSets: [], origins: [] } } });
  expect(result.ok && result.value.problems.length).toBe(problems);
});

it.each(['', '[]', 'x'])('%j is not read', (text) => {
  const result = rhelLabels.read(textFile('root/buildinfo/labels.json', text));
  expect(result.ok).toBe(false);
});
