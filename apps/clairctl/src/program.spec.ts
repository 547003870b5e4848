import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runClairctl } from './testing/run-clairctl.ts';

const directory = mkdtempSync(join(tmpdir(), 'clairctl-program-'));
const misspelt = join(directory, 'misspelt.yaml');
const badPort = join(directory, 'bad-port.yaml');
const sbom = join(directory, 'sbom.json');
const unwritable = join(directory, 'absent', 'bundle');
beforeAll(() => {
  writeFileSync(misspelt, 'updaters: {sets: [debain]}\n');
  writeFileSync(badPort, 'matcher: {connstring: host=127.0.0.1 port=nonsense dbname=clair}\n');
  writeFileSync(sbom, '{}');
});
afterAll(() => rmSync(directory, { recursive: true }));

it.each<[string[], number, string]>([
  [[], 1, 'Usage: clairctl'],
  [['reprot'], 1, "unknown command 'reprot'"],
  [['report'], 1, "missing required argument 'image'"],
  [['delete'], 1, "missing required argument 'digest'"],
  [['report', '--nope', 'x'], 1, "unknown option '--nope'"],
  [['report', '--out', 'xml', 'x'], 1, 'Allowed choices are text, json'],
  [['report', '--host', 'ftp://x/', 'x'], 1, 'use http://host:port/'],
  [['report', '--fail-on', 'grave', 'x'], 1, '--fail-on grave: use Unknown, Negligible, Low, Medium, High or Critical'],
  [['report', '--min-severity', '7', 'x'], 1, '--min-severity 7: use Unknown'],
  [['check-config', '--mode', 'most', 'x'], 1, '--mode most: use combo, indexer, matcher, updater or notifier'],
  [['check-config', '/nonexistent/config.yaml'], 1, 'there is no such file'],
  [['-c', '/nonexistent/config.yaml', 'feeds'], 1, 'the configuration cannot be used'],
  [['manifest', 'oci:/nonexistent'], 1, 'oci:/nonexistent: this is no OCI layout'],
  [['versions'], 1, 'compare <scheme>'],
  [['versions', 'compare'], 1, "missing required argument 'scheme'"],
  [['versions', 'compare', 'rot13'], 1, 'rot13: there is no such scheme; use apk, composer, dpkg, '],
  [['subscriptions', 'create', 'x', '--nats', 's', '--per-manifest'], 1, '--per-manifest needs --digest'],
  [['subscriptions', 'create', 'x', '--nats', 's', '--epss-threshold', '0'], 1, 'write 0.1, 0.2, … or 1'],
  [['import-updaters', '/nonexistent'], 1, '/nonexistent: there is no such file'],
  [['-c', misspelt, 'report', 'debian:12'], 1, 'cannot be used:\n  updaters.sets: there is no set debain'],
  [['-c', misspelt, 'import-updaters', sbom], 1, 'cannot be used:\n  updaters.sets: there is no set debain'],
  [['-c', misspelt, 'export-updaters', unwritable], 1, 'cannot be used:\n  updaters.sets: there is no set debain'],
  [
    ['-c', badPort, 'feeds'],
    1,
    'cannot be used:\n  matcher.connstring: the port "nonsense" is not a number from 1 to 65535',
  ],
  [['--data-dir', '/etc/passwd', 'report', sbom.replace(/^/, 'sbom:')], 1, '--data-dir'],
  [['export-updaters', unwritable], 1, `${unwritable}: it cannot be written: there is no such file or directory`],
  [['export-updaters', directory], 1, `${directory}: it cannot be written: it is a directory`],
  [['report', sbom.replace(/^/, 'sbom:'), 'Debian:bookworm'], 1, 'Debian:bookworm: '],
  [
    ['report', '--platform', 'foo', 'debian:bookworm'],
    1,
    '--platform foo: no such architecture; write os/architecture',
  ],
  [['report', '--platform', 'a/b/c/d', 'debian:bookworm'], 1, '--platform: "a/b/c/d" is no platform'],
  [['report', '-k', 'dir:/nonexistent'], 1, 'dir:/nonexistent: there is no such file'],
  [['report', 'docker-archive:/nonexistent'], 1, 'docker-archive:/nonexistent: there is no such file'],
  [['report', 'oci:/nonexistent:tag'], 1, 'oci:/nonexistent:tag: there is no such file'],
  [['report', 'sbom:/nonexistent'], 1, 'sbom:/nonexistent: there is no such file'],
  [['report', 'sbom:'], 1, 'sbom:: name a file'],
  [['report', 'sbom:-', 'sbom:-'], 1, 'sbom:-: standard input can be read only once'],
  [['deliveries', 'replay'], 1, 'deliveries replay: name deliveries, or a subscription with --subscription'],
  [['deliveries', 'replay', ''], 1, 'deliveries replay: "" is no delivery'],
  [['feeds', '--force'], 1, 'feeds: --force is for --run'],
])('%j says what is wrong', async (args, exitCode, sentence) => {
  const ran = await runClairctl(args);
  expect(ran).toMatchObject({ exitCode, out: '' });
  expect(ran.err).toContain(sentence);
  expect(ran.err).not.toContain('    at ');
});

it('describes its exit codes in --help, on standard output', async () => {
  const ran = await runClairctl(['--help']);
  expect(ran).toMatchObject({ exitCode: 0, err: '' });
  expect(ran.out).toContain('Exit codes: 0 ok; 1 an error; 2 with "report --fail-on"');
});

it('writes nothing where a bundle cannot be made', async () => {
  const bundle = join(directory, 'old.bundle');
  writeFileSync(bundle, 'old');
  const before = readdirSync(directory);
  expect((await runClairctl(['-c', misspelt, 'export-updaters', bundle])).exitCode).toBe(1);
  expect([readFileSync(bundle, 'utf8'), readdirSync(directory)]).toEqual(['old', before]);
});

it('takes a CLAIR_CONF that is not there for none where a service runs already, but not a -c', async () => {
  vi.stubEnv('CLAIR_CONF', '/nonexistent/config.yaml');
  const host = ['--host', 'http://127.0.0.1:9/'];
  expect((await runClairctl(['feeds', ...host])).err).not.toContain('configuration');
  expect((await runClairctl(['feeds'])).err).toContain('the configuration cannot be used');
  vi.stubEnv('CLAIR_CONF', '');
  const ran = await runClairctl(['-c', '/nonexistent/config.yaml', 'feeds', ...host]);
  expect(ran.err).toContain('the configuration cannot be used');
  vi.unstubAllEnvs();
});
