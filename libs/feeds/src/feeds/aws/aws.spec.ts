import { readFileSync } from 'node:fs';
import type { Advisory, Rejection } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { type FeedPlan, type FetchRequest, MalformedDocument, type Partition } from '../../feed.ts';
import { readExtrasCatalog } from './extras-catalog.ts';
import { aws } from './index.ts';
import { readMirrorList } from './mirror-list.ts';
import { readRepomd } from './repomd.ts';

const SHA256 = '9dd3ce045294b530720d13829817254e3cd67ec1ac36f66069238d9d111d3cc0';

function repomd(data: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
 <revision>1568754421</revision>
 <data type="primary"><checksum type="sha256">${'0'.repeat(64)}</checksum><location href="repodata/primary.xml.gz"/></data>
 ${data}
</repomd>`;
}

const UPDATEINFO = `<data type="updateinfo">
  <checksum type="sha256">${SHA256}</checksum>
  <open-checksum type="sha256">${'1'.repeat(64)}</open-checksum>
  <location href="repodata/updateinfo.xml.gz"/>
</data>`;

/** Follows a plan as an updater does, with the documents at hand; what was asked for on the way is kept in `asked`. */
function follow(plan: FeedPlan, documents: Readonly<Record<string, string>>, asked: FetchRequest[] = []): Partition[] {
  switch (plan.kind) {
    case 'partitions':
      return [...plan.partitions];
    case 'several':
      return plan.plans.flatMap((each) => follow(each.plan, documents, asked));
    case 'index': {
      asked.push(plan.index.request);
      const text = documents[plan.index.request.url];
      if (text === undefined) return [...plan.fallback];
      const next = plan.index.read(Buffer.from(text), text);
      if (!next.ok) throw new Error(next.error);
      return follow(next.value, documents, asked);
    }
  }
}

function planOf(options = {}): FeedPlan {
  const plan = aws.plan(options);
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
}

const AL2_LIST = 'https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list';
const AL1_LIST = 'https://repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list';

describe('the plan', () => {
  it('goes from the mirror list over the repository index to the advisories, with their checksum', () => {
    const documents = {
      [AL1_LIST]: 'http://a.test/updates/1/x86_64\nhttp://b.test/updates/1/x86_64/\n',
      'http://a.test/updates/1/x86_64/repodata/repomd.xml': repomd(UPDATEINFO),
      [AL2_LIST]: 'https://c.test/2/guid/x86_64/',
      'https://c.test/2/guid/x86_64/repodata/repomd.xml': repomd(UPDATEINFO),
    };
    const asked: FetchRequest[] = [];
    const partitions = follow(planOf(), documents, asked);
    expect(asked[0]?.mirrors).toEqual([AL1_LIST.replace('https:', 'http:')]);
    expect(asked[1]?.mirrors).toEqual(['http://b.test/updates/1/x86_64/repodata/repomd.xml']);
    const checksum = { algorithm: 'sha256', hex: SHA256 };
    expect(partitions.slice(0, 2)).toMatchObject([
      {
        name: 'al1',
        namespaces: ['amzn:1'],
        request: {
          url: 'http://a.test/updates/1/x86_64/repodata/updateinfo.xml.gz',
          mirrors: ['http://b.test/updates/1/x86_64/repodata/updateinfo.xml.gz'],
          checksum,
        },
      },
      {
        name: 'al2',
        namespaces: ['amzn:2'],
        request: { url: 'https://c.test/2/guid/x86_64/repodata/updateinfo.xml.gz', checksum },
      },
    ]);
  });

  it('speaks for every release although no mirror list can be had, and asks for what is missing', () => {
    const partitions = follow(planOf(), {});
    expect(partitions.map((partition) => [partition.name, ...partition.namespaces])).toEqual([
      ['al1', 'amzn:1'],
      ['al2', 'amzn:2'],
      ['al2023', 'amzn:2023'],
      ['al2023-livepatch', 'amzn:2023'],
    ]);
    for (const { request } of partitions) {
      expect(request.url).toMatch(/\/mirror\.list$/);
      expect(request.absentIsFine).toBeUndefined();
    }
  });

  it('takes an operator’s mirror list, and only that', () => {
    const asked: FetchRequest[] = [];
    follow(planOf({ al1_url: 'http://127.0.0.1:8000/al1' }), {}, asked);
    expect(asked[0]).toMatchObject({ url: 'http://127.0.0.1:8000/al1' });
    expect(asked[0]?.mirrors).toBeUndefined();
  });

  it('refuses a repository of a release without advisories', () => {
    const documents = { [AL2_LIST]: 'https://c.test', 'https://c.test/repodata/repomd.xml': repomd('') };
    expect(() => follow(planOf(), documents)).toThrow('names no updateinfo');
  });

  it('reads the extras when it is told where they are, a partition for each topic that has advisories', () => {
    const base = 'https://cdn.test/2';
    const documents = {
      [`${base}/extras-catalog.json`]: '{"topics":[{"n":"docker","inst":["docker"]},{"n":"php8.2"},{"n":"docker"}]}',
      [`${base}/extras/docker/latest/x86_64/mirror.list`]: 'https://c.test/docker',
      'https://c.test/docker/repodata/repomd.xml': repomd(UPDATEINFO),
      [`${base}/extras/php8.2/latest/x86_64/mirror.list`]: 'https://c.test/php',
      'https://c.test/php/repodata/repomd.xml': repomd(''),
    };
    const partitions = follow(planOf({ al2_extras_url: `${base}/extras-catalog.json` }), documents);
    expect(partitions.slice(4).map((partition) => [partition.name, partition.request.url])).toEqual([
      ['al2-extras/docker', 'https://c.test/docker/repodata/updateinfo.xml.gz'],
    ]);
  });
});

it.each(['', '\n# none\n', '<html>', 'ftp://a.test/', 'https://a.test/$basearch/'])('%j is no mirror list', (text) => {
  expect(readMirrorList(text).ok).toBe(false);
});

it.each(['', '[]', '{}', '{"topics":{}}', '{"topics":[]}', '{"topics":[{}]}', '{"topics":[{"n":"../x"}]}'])(
  '%j is no catalog',
  (text) => {
    expect(readExtrasCatalog(text).ok).toBe(false);
  },
);

describe('the repository index', () => {
  it.each([
    ['sha', 'sha1', 'a'.repeat(40)],
    ['sha512', 'sha512', 'a'.repeat(128)],
    ['sha256', 'sha256', SHA256.toUpperCase()],
  ])('gives a checksum of type %s', (type, algorithm, hex) => {
    const text = repomd(UPDATEINFO.replace('"sha256"', `"${type}"`).replace(SHA256, hex));
    const checksum = { algorithm, hex: hex.toLowerCase() };
    expect(readRepomd(text, 'updateinfo')).toEqual({
      ok: true,
      value: { path: 'repodata/updateinfo.xml.gz', checksum },
    });
  });

  it.each([
    ['', 'html'],
    ['<html></html>', 'html'],
    [repomd(UPDATEINFO).slice(0, -5), 'cut short'],
    [`<!DOCTYPE repomd [<!ENTITY a "b">]>${repomd(UPDATEINFO).slice(39)}`, 'entities'],
    [repomd(UPDATEINFO.replace(SHA256, SHA256.slice(1))), 'a short checksum'],
    [repomd(UPDATEINFO.replace('"sha256"', '"md5"')), 'another checksum'],
    [repomd(UPDATEINFO.replace(/<checksum.*checksum>\n/, '')), 'no checksum'],
    [repomd(UPDATEINFO.replace('repodata/', '../../')), 'a path outside'],
    [repomd(UPDATEINFO.replace('repodata/', '/etc/')), 'an absolute path'],
    [repomd(UPDATEINFO.replace('repodata/', 'https://a.test/')), 'another host'],
  ])('is refused: %#', (text) => {
    expect(readRepomd(text, 'updateinfo').ok).toBe(false);
  });
});

const partition: Partition = {
  name: 'al2',
  namespaces: ['amzn:2'],
  request: { url: 'https://a.test/updateinfo.xml.gz', bytesMax: 1 },
};

async function* documentOf(bytes: Uint8Array, pieceBytes = 100): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function read(bytes: Uint8Array, of = partition): Promise<{ advisories: Advisory[]; rejections: Rejection[] }> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for await (const result of aws.parse(of, documentOf(bytes))) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

describe('a document', () => {
  const fixture = readFileSync(new URL('fixtures/updateinfo.xml', import.meta.url));

  it('reads as the golden file says', async () => {
    const result = await read(fixture);
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/updateinfo.golden.json');
  });

  it('that is cut short throws', async () => {
    await expect(read(fixture.subarray(0, -20))).rejects.toThrow(MalformedDocument);
  });

  it('without an update throws, unless it is of an extras topic', async () => {
    const empty = Buffer.from('<updates></updates>');
    await expect(read(empty)).rejects.toThrow(MalformedDocument);
    expect(await read(empty, { ...partition, name: 'al2-extras/docker' })).toEqual({ advisories: [], rejections: [] });
  });
});

function update({ id = 'ALAS2-2024-1', severity = 'low', date = '' }): Buffer {
  return Buffer.from(`<updates><update type="security"><id>${id}</id><severity>${severity}</severity>
    <issued date="${date}"/><pkglist><collection><package name="a" version="1" release="1" arch="noarch"/></collection></pkglist>
  </update></updates>`);
}

it.each([
  ['low', 'Low'],
  ['medium', 'Medium'],
  ['important', 'High'],
  ['Important', 'High'],
  ['critical', 'Critical'],
  ['', 'Unknown'],
  ['high', 'Unknown'],
])('severity %j is %s', async (severity, normalizedSeverity) => {
  const { advisories } = await read(update({ severity }));
  expect(advisories[0]?.affected[0]).toMatchObject({ severity, normalizedSeverity });
});

it.each([
  ['2021-08-13 17:31', '2021-08-13T17:31:00Z'],
  ['2023-02-17 00:04:05', '2023-02-17T00:04:05Z'],
  ['2023-02-17T00:04:05Z', '2023-02-17T00:04:05Z'],
  ['2023-02-17', '2023-02-17T00:00:00Z'],
  ['yesterday', ''],
  ['', ''],
])('the date %j is %j', async (date, issued) => {
  expect((await read(update({ date }))).advisories[0]?.issued).toBe(issued);
});

it.each([
  ['ALAS-2018-1093', ['https://alas.aws.amazon.com/ALAS-2018-1093.html']],
  ['ALAS2-2021-1699', ['https://alas.aws.amazon.com/AL2/ALAS-2021-1699.html']],
  ['ALAS2KERNEL-5.10-2022-002', ['https://alas.aws.amazon.com/AL2/ALASKERNEL-5.10-2022-002.html']],
  ['ALAS2023-2023-126', ['https://alas.aws.amazon.com/AL2023/ALAS-2023-126.html']],
  ['ALAS2023LIVEPATCH-2024-001', ['https://alas.aws.amazon.com/AL2023/ALASLIVEPATCH-2024-001.html']],
  ['ALAS-of-another-form', []],
])('the page of %s', async (id, links) => {
  expect((await read(update({ id }))).advisories[0]?.links).toEqual(links);
});
