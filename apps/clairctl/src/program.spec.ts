import { expect, it } from 'vitest';
import { runClairctl } from './testing/run-clairctl.ts';

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
  [['import-updaters', '/nonexistent'], 1, '/nonexistent: there is no such file'],
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
