import { buildLayer, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectPackages } from './store/collect-packages.ts';
import { saveReport } from './store/manifests.ts';
import { clairManifest, debianLayer, dpkgStanza, dpkgStatus } from './testing/sample-images.ts';
import { REPORTS, startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

const BASE = debianLayer(dpkgStanza('libc6', '2.36-9'), dpkgStanza('curl', '7.88-1'));
const UPGRADED = buildLayer([dpkgStatus(dpkgStanza('libc6', '2.36-9'), dpkgStanza('curl', '7.88-2'))]);
const FILLER = buildLayer([{ path: 'srv/x', content: 'x' }]);
const EMPTIED = buildLayer([dpkgStatus('')]);
const WHITEOUT = buildLayer([{ path: 'var/lib/dpkg/.wh.status', content: '' }]);
const OPAQUE = buildLayer([{ path: 'var/lib/.wh..wh..opq', content: '' }]);
const PARENT_GONE = buildLayer([{ path: 'var/.wh.lib', content: '' }]);
const LAYERS = [BASE, UPGRADED, FILLER, EMPTIED, WHITEOUT, OPAQUE, PARENT_GONE];

let own: TestDatabase;
let indexer: TestIndexer;
let registry: Registry;

beforeAll(async () => {
  own = await createTestDatabase();
  indexer = await startTestIndexer({ connstring: own.connstring });
  registry = await serveRegistry({ blobs: LAYERS });
});

afterAll(async () => {
  await indexer?.close();
  await registry?.close();
  await own?.drop();
});

describe('overlay', () => {
  it.each([
    ['the base alone', [BASE], ['curl 7.88-1 @0', 'libc6 2.36-9 @0']],
    ['a replaced database', [BASE, FILLER, UPGRADED], ['curl 7.88-2 @2', 'libc6 2.36-9 @0']],
    ['an emptied database', [BASE, FILLER, EMPTIED], []],
    ['a database that came back', [BASE, EMPTIED, UPGRADED], ['curl 7.88-2 @2', 'libc6 2.36-9 @2']],
    ['a whiteout', [BASE, FILLER, WHITEOUT], []],
    ['an opaque directory', [BASE, FILLER, OPAQUE], []],
    ['a removed parent', [BASE, FILLER, PARENT_GONE], []],
    ['a layer twice', [BASE, UPGRADED, BASE], ['curl 7.88-1 @0', 'libc6 2.36-9 @0']],
    ['the same layer three times', [FILLER, FILLER, BASE, FILLER], ['curl 7.88-1 @2', 'libc6 2.36-9 @2']],
  ])('%s', async (name, layers, packages) => {
    const digests = layers.map(({ digest }) => digest);
    const answer = await indexer.post(clairManifest(name, digests, registry));
    expect(answer.statusCode).toBe(201);
    const body = answer.json();
    const found = Object.entries<{ name: string; version: string }>(body.packages).map(([id, pkg]) => {
      const [{ introduced_in: layer }] = body.environments[id];
      return `${pkg.name} ${pkg.version} @${digests.indexOf(layer)}`;
    });
    expect(found.sort()).toEqual(packages);
  });
});

const counts = async () => {
  const [row] = await indexer.db.query<Record<string, number>>(`select
    (select count(*)::int from indexer.manifest) manifests, (select count(*)::int from indexer.layer) layers,
    (select count(*)::int from indexer.layer_scan) scans, (select count(*)::int from indexer.inventory) inventories`);
  return row;
};

describe('delete', () => {
  it('keeps what another manifest needs, and forgets the rest', async () => {
    await indexer.db.execute('delete from indexer.manifest; delete from indexer.layer; delete from indexer.inventory');
    const shared = clairManifest('shared', [BASE.digest, FILLER.digest], registry);
    const other = clairManifest('other', [BASE.digest, UPGRADED.digest], registry);
    const same = clairManifest('same', [BASE.digest], registry);
    for (const one of [shared, other, same]) await indexer.post(one);
    expect(await counts()).toEqual({ manifests: 3, layers: 3, scans: 3, inventories: 2 });
    await indexer.client.deleteManifests({ hashes: [shared.hash] });
    expect(await counts()).toEqual({ manifests: 2, layers: 2, scans: 2, inventories: 2 });
    expect((await indexer.get(`${REPORTS}/${other.hash}`)).json().state).toBe('IndexFinished');
    await indexer.client.deleteManifests({ hashes: [other.hash, same.hash] });
    expect(await counts()).toEqual({ manifests: 0, layers: 0, scans: 0, inventories: 0 });
  });

  it('leaves packages that are collected when no image holds them', async () => {
    const held = clairManifest('held', [BASE.digest], registry);
    const gone = clairManifest('gone', [BASE.digest, UPGRADED.digest], registry);
    for (const one of [held, gone]) await indexer.post(one);
    await indexer.client.deleteManifests({ hashes: [gone.hash] });
    const never = new AbortController().signal;
    expect((await collectPackages(indexer.db, AbortSignal.abort())).packages).toBe(0);
    await collectPackages(indexer.db, never);
    const names = () => indexer.db.query(`select name || ' ' || version as name from indexer.package order by name`);
    expect(await names()).toEqual([{ name: 'curl 7.88-1' }, { name: 'libc6 2.36-9' }]);
    expect((await collectPackages(indexer.db, never)).packages).toBe(0);
    // One that comes back has a row again, and is found.
    expect((await indexer.post(gone)).statusCode).toBe(201);
    expect(await names()).toHaveLength(3);
    await indexer.client.deleteManifests({ hashes: [held.hash, gone.hash] });
    await collectPackages(indexer.db, never);
    expect(await names()).toEqual([]);
  });

  it('and index at once leave nothing half done', async () => {
    const second = await startTestIndexer({ connstring: own.connstring });
    const manifests = [
      clairManifest('race 1', [BASE.digest, FILLER.digest], registry),
      clairManifest('race 2', [BASE.digest, UPGRADED.digest], registry),
      clairManifest('race 3', [UPGRADED.digest, FILLER.digest, BASE.digest], registry),
    ];
    const hashes = manifests.map(({ hash }) => hash);
    const seen: (number | undefined)[] = [];
    const work = async (which: TestIndexer, offset: number) => {
      for (let round = 0; round < 12; round += 1) {
        const manifest = manifests[(round + offset) % manifests.length];
        seen.push((await which.post(manifest)).statusCode);
      }
    };
    const remove = async () => {
      for (let round = 0; round < 25; round += 1) {
        await indexer.client.deleteManifests({ hashes: [hashes[round % hashes.length] ?? ''] });
      }
    };
    try {
      await Promise.all([work(indexer, 0), work(indexer, 1), work(second, 2), work(second, 0), remove()]);
    } finally {
      await second.close();
    }
    // 409 to whose manifest was deleted under its hands.
    for (const status of new Set(seen)) expect([201, 409]).toContain(status);
    const broken = await indexer.db.query(`select m.digest from indexer.manifest m
       where m.state <> 'IndexFinished' or m.inventory_id is null
          or (select count(*) from indexer.manifest_layer ml join indexer.layer_scan s using (layer_id)
               where ml.manifest_id = m.id) < 2`);
    expect(broken).toEqual([]);
    for (const manifest of manifests) expect((await indexer.post(manifest)).statusCode).toBe(201);
    await indexer.client.deleteManifests({ hashes });
    expect(await counts()).toMatchObject({ manifests: 0, inventories: 0 });
  });
});

describe('layers that are deleted while their manifest is indexed', () => {
  const gone = debianLayer(dpkgStanza('gone', '1-1'));

  it('are scanned again', async () => {
    const place = await serveRegistry({ blobs: [gone] });
    await indexer.db.execute(`create table public.deleted_once (id int);
      create function public.delete_once() returns trigger language plpgsql as $$ begin
        if not exists (select from public.deleted_once) then
          insert into public.deleted_once values (1);
          delete from indexer.layer where id = new.layer_id;
        end if;
        return null;
      end $$;
      create trigger delete_once after insert on indexer.layer_scan for each row execute function public.delete_once()`);
    try {
      const answer = await indexer.post(clairManifest('deleted on the way', [gone.digest], place));
      expect(answer.statusCode).toBe(201);
      expect(Object.values<{ name: string }>(answer.json().packages).map(({ name }) => name)).toEqual(['gone']);
      expect(place.requests).toHaveLength(2);
    } finally {
      await indexer.db.execute('drop trigger delete_once on indexer.layer_scan');
      await place.close();
    }
  });

  it('keep the report from being stored', async () => {
    const sent = clairManifest('never stored', [BASE.digest], registry);
    const { report } = await indexer.client.getIndexReport({
      hash: (await indexer.post(clairManifest('stored', [BASE.digest], registry))).json().manifest_hash,
    });
    if (report === undefined) throw new Error('it was just indexed');
    const layers = [...report.layers, `sha256:${'0'.repeat(64)}`];
    const outcome = await indexer.db.transaction((tx) =>
      saveReport(tx, { ...report, manifestHash: sent.hash, layers }, []),
    );
    expect(outcome).toEqual({ kind: 'layers-gone' });
    expect((await indexer.get(`${REPORTS}/${sent.hash}`)).statusCode).toBe(404);
  });
});
