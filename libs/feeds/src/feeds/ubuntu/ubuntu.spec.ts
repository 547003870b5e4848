import { readFileSync } from 'node:fs';
import type { Advisory, Rejection } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { readCriterion, type Verdict } from './criterion.ts';
import { ubuntu } from './index.ts';
import { rowOf } from './package-row.ts';
import { FALLBACK_SERIES, partitionsOfSeries, seriesOfCollection } from './series.ts';

const fixture = readFileSync(new URL('fixtures/noble.xml', import.meta.url));

function partitionOf(codename: string): Partition {
  const found = partitionsOfSeries('https://oval.test/', FALLBACK_SERIES).find(({ name }) => name === codename);
  if (found === undefined) throw new Error(`there is no ${codename}`);
  return found;
}

async function* documentOf(bytes: Uint8Array, pieceBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function read(bytes: Uint8Array, { codename = 'noble', pieceBytes = 1_000 } = {}) {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for await (const result of ubuntu.parse(partitionOf(codename), documentOf(bytes, pieceBytes))) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

describe('a document', () => {
  it.each([7, 1_000_000])('reads as the golden file says, in pieces of %i bytes', async (pieceBytes) => {
    const result = await read(fixture, { pieceBytes });
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/noble.golden.json');
  });

  it('of another release throws', async () => {
    const message = 'the document is about noble, where jammy was asked for';
    await expect(read(fixture, { codename: 'jammy' })).rejects.toThrow(new MalformedDocument(message));
  });

  it.each([
    ['cut short', fixture.subarray(0, -30)],
    ['without definitions', Buffer.from('<oval_definitions><definitions/></oval_definitions>')],
    ['of HTML', Buffer.from('<!DOCTYPE html><html><body>not found</body></html>')],
  ])('%s throws', async (_name, bytes) => {
    await expect(read(bytes)).rejects.toThrow(MalformedDocument);
  });
});

// Wordings of the generators of 2020, 2023 and 2025.
describe('a comment', () => {
  const fixed = (version: string) => ({ verdict: 'fixed', version, note: version });
  it.each<[string, { source?: string; pocket?: string; verdict: string; version?: string; note?: string }]>([
    ["bash package in jammy was vulnerable but has been fixed (note: '5.1-6ubuntu1.1').", fixed('5.1-6ubuntu1.1')],
    ["bash package in jammy, is related to the CVE in some way and has been fixed (note: '5.1-1').", fixed('5.1-1')],
    ["bash source package in jammy, is affected and has been fixed (note: '5.1-6ubuntu1.1').", fixed('5.1-6ubuntu1.1')],
    ["'bash' kernel in jammy was vulnerable but has been fixed (note: '5.15.0-60.66').", fixed('5.15.0-60.66')],
    ["The 'bash' package in jammy was vulnerable but has been fixed (note: '5.1-2').", fixed('5.1-2')],
    [
      "bash source package in esm-infra/jammy, is affected and has been fixed (note: '5.1-6ubuntu1.1+esm1').",
      { ...fixed('5.1-6ubuntu1.1+esm1'), pocket: 'esm-infra/jammy' },
    ],
    ['bash source package in jammy, is affected and has been fixed.', { verdict: 'fixed-somewhere' }],
    [
      "bash package in jammy was vulnerable but has been fixed (note: 'in 2021 by upstream').",
      { verdict: 'fixed-somewhere', note: 'in 2021 by upstream' },
    ],
    [
      'bash package in jammy was vulnerable and has been fixed, but no release version available for it.',
      { verdict: 'fixed-somewhere' },
    ],
    [
      "bash package in jammy is affected. An update containing the fix has been completed and is pending publication (note: '5.1-7').",
      { verdict: 'pending', version: '5.1-7', note: '5.1-7' },
    ],
    ['bash package in jammy is affected and needs fixing.', { verdict: 'needed' }],
    ['bash source package in jammy, is affected and needs fixing.', { verdict: 'needed' }],
    ['bash package in jammy is affected, needs fixing and is actively being worked on.', { verdict: 'needed' }],
    ['bash package in jammy is affected and may need fixing.', { verdict: 'needs-triage' }],
    ['bash source package in jammy, might be affected and may need fixing.', { verdict: 'needs-triage' }],
    [
      "bash package in jammy is affected, but a decision has been made to defer addressing it (note: '2022-06-01').",
      { verdict: 'deferred', note: '2022-06-01' },
    ],
    [
      "bash: while related to the CVE in some way, a decision has been made to ignore this issue (note: 'end of life').",
      { verdict: 'ignored', pocket: '', note: 'end of life' },
    ],
    ['bash source package in jammy, is affected, but a decision has been made to ignore it.', { verdict: 'ignored' }],
    ['bash package in jammy, while related to the CVE in some way, is not affected.', { verdict: 'not-affected' }],
    [
      "bash package in jammy has a vulnerability that is not known (status: 'active'). It is pending evaluation.",
      { verdict: 'undecided' },
    ],
    [
      "The vulnerability of the 'bash' package in jammy is not known (status: 'needs-triage'). It is pending evaluation.",
      { verdict: 'undecided' },
    ],
  ])('%s', (comment, expected) => {
    const statement = { source: 'bash', pocket: 'jammy', version: '', note: '', ...expected };
    expect(readCriterion(comment)).toEqual({ kind: 'statement', statement });
  });

  it.each([
    ['The host is part of the unix family.', { kind: 'nothing' }],
    ['The host is running Ubuntu jammy', { kind: 'nothing' }],
    ['bash package does not exist in jammy.', { kind: 'nothing' }],
    ["Is kernel 'linux-aws-5.15' running?", { kind: 'kernel', source: 'linux-aws-5.15' }],
    ['Is kernel linux running?', { kind: 'kernel', source: 'linux' }],
    ['', { kind: 'unreadable', source: '' }],
    ['Something else.', { kind: 'unreadable', source: '' }],
    ['bash package in jammy is being discussed.', { kind: 'unreadable', source: 'bash' }],
  ])('%j', (comment, expected) => expect(readCriterion(comment)).toMatchObject(expected));
});

describe('the row of a package', () => {
  const said = (text: string | undefined, pocket: string) => {
    if (text === undefined) return undefined;
    const [verdict = '', version = ''] = text.split(' ');
    // Safety: the tables below hold verdicts only.
    return { source: 'bash', pocket, verdict: verdict as Verdict, version, note: version };
  };
  const row = (base: string | undefined, pro: string | undefined) => {
    const [inBase, inPro] = [said(base, 'jammy'), said(pro, 'esm-infra/jammy')];
    const { status, fixState, range } = rowOf({
      source: 'bash',
      ...(inBase && { base: inBase }),
      ...(inPro && { pro: inPro }),
    });
    return [status, fixState, range.fixed ?? ''];
  };

  it.each([
    ['fixed 1-2', 'affected', 'fixed', '1-2'],
    ['fixed-somewhere', 'undetermined', 'fixed', ''],
    ['pending 1-2', 'affected', 'not-fixed', '1-2'],
    ['pending', 'affected', 'not-fixed', ''],
    ['needed', 'affected', 'not-fixed', ''],
    ['needs-triage', 'affected', 'unknown', ''],
    ['deferred', 'affected', 'deferred', ''],
    ['ignored', 'affected', 'will-not-fix', ''],
    ['ignored end-of-life', 'affected', 'out-of-support', ''],
    ['not-affected', 'not-affected', 'unknown', ''],
    ['undecided', 'undetermined', 'unknown', ''],
  ])('%s', (base, ...expected) => expect(row(base, undefined)).toEqual(expected));

  it.each([
    ['fixed 1-2', 'fixed 1-2+esm1', 'affected', 'fixed', '1-2'],
    ['needed', 'fixed 1-2+esm1', 'affected', 'not-fixed', '1-2+esm1'],
    ['ignored end-of-life', 'fixed 1-2+esm1', 'affected', 'out-of-support', '1-2+esm1'],
    [undefined, 'fixed 1-2+esm1', 'affected', 'not-fixed', '1-2+esm1'],
    ['needed', 'fixed-somewhere', 'undetermined', 'not-fixed', ''],
    ['needs-triage', 'not-affected', 'not-affected', 'unknown', ''],
    ['not-affected', 'needed', 'not-affected', 'unknown', ''],
    ['ignored', 'needed', 'affected', 'will-not-fix', ''],
    [undefined, 'deferred', 'affected', 'deferred', ''],
    [undefined, undefined, 'undetermined', 'unknown', ''],
  ])('%s, in Ubuntu Pro %s', (base, pro, ...expected) => expect(row(base, pro)).toEqual(expected));
});

describe('the releases', () => {
  const collection = JSON.stringify({
    entries: [
      { name: 'noble', version: '24.04', status: 'Supported' },
      { name: 'warty', version: '4.10', status: 'Obsolete' },
      { name: 'trusty', version: '14.04', status: 'Supported' },
      { name: 'zany', version: '27.04', status: 'Future' },
      { name: '../etc', version: '24.10', status: 'Supported' },
      { name: 'odd', version: 'six', status: 'Supported' },
      null,
    ],
  });

  it('are those of Launchpad since 12.04, oldest first', () => {
    const plan = ubuntu.plan({ url: 'http://127.0.0.1:8000/series', oval_url: 'http://127.0.0.1:8000/oval' });
    if (!plan.ok || plan.value.kind !== 'index') throw new Error('the plan has no index');
    expect(plan.value.index.request.url).toBe('http://127.0.0.1:8000/series');
    const partitions = plan.value.index.read(Buffer.from(collection), collection);
    expect(
      partitions.ok &&
        partitions.value.kind === 'partitions' &&
        partitions.value.partitions.map(({ name, namespaces, request }) => [name, namespaces, request.url]),
    ).toEqual([
      ['trusty', ['ubuntu:14.04'], 'http://127.0.0.1:8000/oval/com.ubuntu.trusty.cve.oval.xml.bz2'],
      ['noble', ['ubuntu:24.04'], 'http://127.0.0.1:8000/oval/com.ubuntu.noble.cve.oval.xml.bz2'],
    ]);
  });

  it.each(['', '[]', '{}', '{"entries":[]}', '{"entries":[{"name":"noble"}]}'])('are not to be had from %j', (text) =>
    expect(seriesOfCollection(text).ok).toBe(false),
  );

  it('without a list are those that are known, and may be absent', () => {
    const plan = ubuntu.plan({});
    if (!plan.ok || plan.value.kind !== 'index') throw new Error('the plan has no index');
    const namespaces = plan.value.fallback.flatMap((partition) => partition.namespaces);
    expect(namespaces).toEqual(
      expect.arrayContaining(['ubuntu:14.04', 'ubuntu:22.04', 'ubuntu:25.10', 'ubuntu:26.04']),
    );
    expect(plan.value.fallback.every(({ request }) => request.absentIsFine)).toBe(true);
  });
});
