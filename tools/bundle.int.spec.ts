import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@clair/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from './bundle.ts';

/** The temporary folder has no node_modules above it, as the image has none: what a bundle needs, it holds. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clair-bundle-'));
  for (const app of ['clair', 'clairctl']) {
    await bundle(join(REPOSITORY_ROOT, 'apps', app, 'src', 'main.ts'), bundled(app));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function bundled(app: string): string {
  return join(folder, app, `${app}.mjs`);
}

function run(app: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [bundled(app), ...args], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
}

describe('a bundle without node_modules', () => {
  it.each([
    ['clair', '-version', /^clair \d+\.\d+\.\d+\n$/],
    ['clairctl', '--version', /^\d+\.\d+\.\d+\n$/],
  ])('%s %s', (app, argument, expected) => {
    const { status, stdout, stderr } = run(app, argument);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(expected);
  });

  it('says what to do without an embedded PostgreSQL and without a connstring', () => {
    const { status, stderr } = run('clair', '-mode', 'combo');
    expect(status).toBe(1);
    expect(stderr).toMatch(/no PostgreSQL for \S+ is installed: .* or set connstring/);
  });
});
