import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Running } from '@clair/clair';
import { createLogger, loadConfigFile } from '@clair/service-kit';
import { REPOSITORY_ROOT } from '@clair/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLocalImages } from './testing/example-images.ts';
import { runClairctl } from './testing/run-clairctl.ts';

const directory = mkdtempSync(join(tmpdir(), 'clairctl-sbom-'));
const config = join(directory, 'config.yaml');
const file = join(directory, 'sbom.json');
const LAUNCHER = join(REPOSITORY_ROOT, 'apps/clairctl/bin/clairctl.mjs');
const HEX = { type: 'library', name: 'plug', version: '1.3.8', purl: 'pkg:hex/plug@1.3.8' };
let feed: Server;
let service: Running;
let host: string;
let ofImage: Report;

interface Report {
  readonly findings: readonly object[];
  readonly vulnerabilities: readonly { readonly name: string }[];
  readonly packages: readonly {
    name: string;
    version: string;
    arch: string;
    source: { name: string; version: string };
  }[];
  readonly coverage: { readonly verdict: string; readonly reasons: readonly string[] };
}

beforeAll(async () => {
  const tracker = readFileSync(join(REPOSITORY_ROOT, 'examples/feeds/debian-tracker/before.json'));
  feed = createServer((_, response) => void response.end(tracker));
  await new Promise<void>((resolve) => feed.listen(0, '127.0.0.1', resolve));
  const address = feed.address();
  const port = typeof address === 'object' ? address?.port : 0;
  writeFileSync(
    config,
    JSON.stringify({
      http_listen_addr: '127.0.0.1:0',
      introspection_addr: '127.0.0.1:0',
      grpc: { listen_addr: '127.0.0.1:0' },
      updater: { schedule: false },
      updaters: { sets: ['debian'], config: { debian: { json_url: `http://127.0.0.1:${port}/json` } } },
    }),
  );
  const reading = loadConfigFile(config, { mode: 'combo' });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  const log = createLogger({ level: 'error', name: 'test' });
  service = await launch({
    config: { ...reading.value.config, data_dir: join(directory, 'data') },
    mode: 'combo',
    log,
  });
  host = `http://127.0.0.1:${service.httpPort}`;
  await runClairctl(['feeds', '--host', host, '--run', 'debian']);
  const [image = ''] = writeLocalImages(directory);
  ofImage = JSON.parse((await runClairctl(['report', '--host', host, '-o', 'json', image])).out);
});
afterAll(async () => {
  await service?.stop();
  feed.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The packages of the image as a tool lists them. */
function bom(...more: object[]): string {
  const components = ofImage.packages.map(({ name, version, arch, source }) => {
    const upstream = encodeURIComponent(`${source.name}@${source.version}`);
    const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}&upstream=${upstream}&distro=debian-12`;
    return { type: 'library', name, version, purl };
  });
  const tools = [{ name: 'a-tool', version: '1' }];
  return JSON.stringify({ bomFormat: 'CycloneDX', metadata: { tools }, components: [...components, ...more] });
}

const report = (...args: string[]) => runClairctl(['report', '--host', host, ...args]);

describe('report sbom:FILE', () => {
  it('finds what it finds in the image', async () => {
    writeFileSync(file, bom());
    const ran = await report('-o', 'json', `sbom:${file}`);
    expect(ran).toMatchObject({ exitCode: 0, err: '' });
    const found = JSON.parse(ran.out);
    expect(found).toMatchObject({
      image: `sbom:${file}`,
      sbom: { format: 'cyclonedx', tool: 'a-tool 1' },
      unmatched: [],
    });
    expect(found.findings).toEqual(ofImage.findings);
    expect(found.findings.length).toBeGreaterThan(0);
    expect(found.vulnerabilities).toEqual(ofImage.vulnerabilities);
    expect(found.coverage).toEqual(ofImage.coverage);
  });

  it('shows coverage and what could not be matched, and gates as for an image', async () => {
    writeFileSync(file, bom(HEX, { ...HEX, name: 'ecto' }));
    const ran = await report('--fail-on', 'unknown', `sbom:${file}`);
    expect(ran.exitCode).toBe(2);
    expect(ran.out).toContain('CycloneDX of a-tool 1: ');
    expect(ran.out).toContain('Coverage: partial\n');
    expect(ran.out).toContain(
      'Not matched:\n  2 components: packages of type hex are not matched by this version (plug 1.3.8, ecto 1.3.8)\n',
    );
    writeFileSync(file, JSON.stringify({ bomFormat: 'CycloneDX', components: [HEX] }));
    const nothing = await report('--fail-on', 'critical', `sbom:${file}`);
    expect(nothing.exitCode).toBe(1);
    expect(nothing.out).toContain('whether what this document lists has vulnerabilities is not known');
  });

  it('says what is wrong with a document, and goes on if asked to', async () => {
    writeFileSync(file, '{"a":1}');
    const refused = await report(`sbom:${file}`);
    expect(refused).toMatchObject({ exitCode: 1, out: '' });
    expect(refused.err).toContain(`sbom:${file}: there is no report: the document is none of CycloneDX JSON`);
    const good = join(directory, 'good.json');
    writeFileSync(good, bom());
    const going = await report('-k', `sbom:${file}`, 'sbom:/nonexistent', `sbom:${good}`);
    expect(going.exitCode).toBe(1);
    expect(going.err).toContain('sbom:/nonexistent: there is no such file or directory');
    expect(going.out).toContain('Coverage: complete');
  });

  it('reads standard input, as the program itself', async () => {
    const program = execFile(process.execPath, [LAUNCHER, 'report', '--host', host, 'sbom:-']);
    program.stdin?.end(bom());
    let out = '';
    program.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    const [exitCode] = await once(program, 'close');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^sbom:-\n {2}CycloneDX of a-tool 1: /);
    expect(out).toContain('Coverage: complete');
  });
});
