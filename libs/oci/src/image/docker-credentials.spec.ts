import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentialFiles, dockerCredentials } from './docker-credentials.ts';

const NEVER = new AbortController().signal;
let directory = '';
const path = process.env.PATH;

/** A program that behaves as the name of the registry says. */
const PROGRAM = `#!/bin/sh
read -r server
case "$1 $server" in
  "get known.example.com") echo '{"ServerURL":"x","Username":"u","Secret":"s"}' ;;
  "get token.example.com") echo '{"ServerURL":"x","Username":"<token>","Secret":"identity"}' ;;
  "get https://index.docker.io/v1/") echo '{"ServerURL":"x","Username":"hub","Secret":"s"}' ;;
  "get slow.example.com") sleep 30 ;;
  "get loud.example.com") yes | head -c 200000 ;;
  "get odd.example.com") echo 'hello' ;;
  "get broken.example.com") echo 'the vault is locked'; exit 1 ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clair-oci-'));
  const program = join(directory, 'docker-credential-fake');
  await writeFile(program, PROGRAM);
  await chmod(program, 0o755);
  process.env.PATH = `${directory}:${path}`;
});

afterAll(async () => {
  process.env.PATH = path;
  await rm(directory, { recursive: true });
});

async function find(config: unknown, registry: string, repository = 'a/b') {
  const file = join(directory, `config-${Math.random()}.json`);
  await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config));
  const source = dockerCredentials({ files: [join(directory, 'absent.json'), file], programTimeoutMs: 1500 });
  return source({ registry, repository }, NEVER);
}

function auth(username: string, password: string) {
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') };
}

describe('auths', () => {
  const config = {
    auths: {
      'registry.example.com': auth('u', 'p:with:colons'),
      'https://old.example.com/v1/': auth('old', 'p'),
      'https://index.docker.io/v1/': auth('hub', 'p'),
      'quay.io/team': auth('team', 'p'),
      'quay.io/team/app': auth('app', 'p'),
      'quay.io': auth('all', 'p'),
      'token.example.com': { identitytoken: 't' },
      'bearer.example.com': { registrytoken: 't' },
      'pair.example.com': { username: 'u', password: 'p' },
      'empty.example.com': {},
      'broken.example.com': { auth: 'bm8gY29sb24=' },
    },
  };

  it.each([
    ['registry.example.com', 'a', { kind: 'basic', username: 'u', password: 'p:with:colons' }],
    ['old.example.com', 'a', { kind: 'basic', username: 'old', password: 'p' }],
    ['docker.io', 'library/debian', { kind: 'basic', username: 'hub', password: 'p' }],
    ['quay.io', 'team/app', { kind: 'basic', username: 'app', password: 'p' }],
    ['quay.io', 'team/other', { kind: 'basic', username: 'team', password: 'p' }],
    ['quay.io', 'teams/app', { kind: 'basic', username: 'all', password: 'p' }],
    ['token.example.com', 'a', { kind: 'identity-token', token: 't' }],
    ['bearer.example.com', 'a', { kind: 'bearer', token: 't' }],
    ['pair.example.com', 'a', { kind: 'basic', username: 'u', password: 'p' }],
    ['empty.example.com', 'a', undefined],
    ['unknown.example.com', 'a', undefined],
    ['evil.example.com', 'registry.example.com', undefined],
  ])('%s/%s', async (registry, repository, credentials) => {
    expect(await find(config, registry, repository)).toEqual({ ok: true, value: credentials });
  });

  it('that do not read are an error', async () => {
    expect(await find(config, 'broken.example.com')).toMatchObject({ ok: false, error: { kind: 'credentials' } });
    expect(await find('{', 'a')).toMatchObject({ ok: false, error: { kind: 'credentials' } });
  });
});

describe('programs', () => {
  it.each([
    ['credsStore', { credsStore: 'fake' }, 'known.example.com', { kind: 'basic', username: 'u', password: 's' }],
    ['an identity token', { credsStore: 'fake' }, 'token.example.com', { kind: 'identity-token', token: 'identity' }],
    ['Docker Hub', { credsStore: 'fake' }, 'docker.io', { kind: 'basic', username: 'hub', password: 's' }],
    [
      'credHelpers before credsStore',
      { credsStore: 'absent', credHelpers: { 'known.example.com': 'fake' } },
      'known.example.com',
      { kind: 'basic', username: 'u', password: 's' },
    ],
    ['nothing known', { credsStore: 'fake' }, 'unknown.example.com', undefined],
    [
      'nothing known, but in auths',
      { credsStore: 'fake', auths: { 'unknown.example.com': auth('a', 'b') } },
      'unknown.example.com',
      { kind: 'basic', username: 'a', password: 'b' },
    ],
  ])('%s', async (_, config, registry, credentials) => {
    expect(await find(config, registry)).toEqual({ ok: true, value: credentials });
  });

  it.each([
    ['slow.example.com', 'fake', /did not answer within 1500 ms/],
    ['loud.example.com', 'fake', /too long/],
    ['odd.example.com', 'fake', /no JSON object/],
    ['broken.example.com', 'fake', /the vault is locked/],
    ['known.example.com', 'not-installed', /not installed/],
    ['known.example.com', '../fake', /no credential program/],
  ])('%s through %s is an error', async (registry, credsStore, message) => {
    const found = await find({ credsStore }, registry);
    expect(found).toMatchObject({ ok: false, error: { kind: 'credentials' } });
    expect(found.ok ? '' : found.error.message).toMatch(message);
  });

  it('end with the signal', async () => {
    const control = new AbortController();
    const file = join(directory, 'abort.json');
    await writeFile(file, JSON.stringify({ credsStore: 'fake' }));
    const finding = dockerCredentials({ files: [file] })(
      { registry: 'slow.example.com', repository: 'a' },
      control.signal,
    );
    setTimeout(() => control.abort(new Error('enough')), 50);
    await expect(finding).rejects.toThrow('enough');
  });
});

it('knows where the files are', () => {
  expect(credentialFiles({ HOME: '/home/a', XDG_RUNTIME_DIR: '/run/user/1' })).toEqual([
    '/home/a/.docker/config.json',
    '/run/user/1/containers/auth.json',
  ]);
  expect(credentialFiles({ HOME: '/home/a', DOCKER_CONFIG: '/cfg', REGISTRY_AUTH_FILE: '/auth.json' })).toEqual([
    '/auth.json',
    '/cfg/config.json',
  ]);
  expect(credentialFiles({})).toEqual([]);
});
