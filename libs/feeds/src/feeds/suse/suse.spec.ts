import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../../feed.ts';
import { partitionFor, readFeed } from '../../testing/read-feed.ts';
import { suse } from './index.ts';

const document = readFileSync(new URL('fixtures/affected.xml', import.meta.url));
const partition = partitionFor('sles:15.5');

describe('a document', () => {
  it.each([7, 100, 1_000_000])('reads as the golden file says, in pieces of %i bytes', async (pieceBytes) => {
    const result = await readFeed(suse, partition, { document, pieceBytes });
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/affected.golden.json');
  });

  it('that is cut short throws', async () => {
    await expect(readFeed(suse, partition, { document: document.subarray(0, -3) })).rejects.toThrow(MalformedDocument);
  });
});

describe('the directory', () => {
  const read = (files: readonly string[]) => {
    const plan = suse.plan({ url: 'http://127.0.0.1:8000/oval' });
    if (!plan.ok || plan.value.kind !== 'index') throw new Error('there is no index');
    const html = `<html><body><a href="../">Parent</a>${files.map((file) => `<a href="./${file}">${file}</a>`).join('\n')}</body></html>`;
    const listed = plan.value.index.read(new Uint8Array(0), html);
    return listed.ok && listed.value.kind === 'partitions' ? listed.value.partitions : [];
  };

  it('gives the best document of each product that is covered', () => {
    const partitions = read([
      'suse.linux.enterprise.server.15-patch.xml.gz',
      'suse.linux.enterprise.server.15.xml.gz',
      'suse.linux.enterprise.server.15-affected.xml.bz2',
      'suse.linux.enterprise.server.15-affected.xml.gz',
      'suse.linux.enterprise.server.15-affected.xml',
      'suse.linux.enterprise.server.15-sp5-affected.xml.gz',
      'suse.linux.enterprise.server.12.xml.gz',
      'suse.linux.enterprise.server.10-affected.xml.gz',
      'suse.linux.enterprise.server.16-affected.xml.gz',
      'suse.linux.enterprise.desktop.15-affected.xml.gz',
      'suse.linux.enterprise.micro.5-affected.xml.gz',
      'suse.linux.enterprise.micro.5.5-affected.xml.gz',
      'suse.linux.micro.6.1-affected.xml.gz',
      'suse.manager.4.3-affected.xml.gz',
      'opensuse.leap.15.6-affected.xml.gz',
      'opensuse.leap.micro.5.5-affected.xml.gz',
      'opensuse.tumbleweed.xml.gz',
      'opensuse.13.2.xml.gz',
      'README.txt',
    ]);
    expect(partitions.map(({ name, namespaces, request }) => [name, namespaces.join(), request.url])).toEqual([
      [
        'enterprise.server.15',
        'sles:15,sles:15.1,sles:15.2,sles:15.3,sles:15.4,sles:15.5,sles:15.6,sles:15.7',
        expect.stringMatching(/:8000\/oval\/suse\.linux\.enterprise\.server\.15-affected\.xml\.gz$/),
      ],
      [
        'enterprise.server.12',
        'sles:12,sles:12.1,sles:12.2,sles:12.3,sles:12.4,sles:12.5',
        expect.stringMatching(/server\.12\.xml\.gz$/),
      ],
      [
        'enterprise.server.16',
        expect.stringMatching(/^sles:16\.0,sles:16\.1,/),
        expect.stringMatching(/server\.16-affected/),
      ],
      [
        'enterprise.micro.5',
        expect.stringMatching(/^sle-micro:5\.0,.*sle-micro:5\.5$/),
        expect.stringMatching(/micro\.5-affected/),
      ],
      ['micro.6.1', 'sl-micro:6.1', expect.stringMatching(/micro\.6\.1-affected/)],
      ['opensuse.leap.15.6', 'opensuse-leap:15.6', expect.stringMatching(/leap\.15\.6-affected/)],
      ['opensuse.tumbleweed', 'opensuse-tumbleweed', expect.stringMatching(/opensuse\.tumbleweed\.xml\.gz$/)],
    ]);
  });

  it('of nothing that is covered is an error', () => {
    const plan = suse.plan({});
    const read =
      plan.ok && plan.value.kind === 'index' && plan.value.index.read(new Uint8Array(0), '<html>Sorry</html>');
    expect(read).toMatchObject({ ok: false, error: expect.stringMatching(/lists no OVAL document/) });
  });
});
