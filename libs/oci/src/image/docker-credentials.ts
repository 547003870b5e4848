import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '@clair/model';
import { askCredentialProgram } from './credential-program.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { type ImageError, imageError } from './image-error.ts';
import { isRecord, parseJson } from './json.ts';

/** Where to look for credentials. */
export interface DockerCredentialsOptions {
  /** Configuration files in the order they are asked; those that do not exist are passed over. */
  readonly files: readonly string[];
  /** For one call of a `docker-credential-*` program. Default 30 seconds: some ask the user. */
  readonly programTimeoutMs?: number;
}

const PROGRAM_TIMEOUT_MS = 30_000;
/** The key under which Docker Hub's credentials are kept. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** Where docker and podman keep credentials, from the environment given. */
export function credentialFiles(env: Readonly<Record<string, string | undefined>>): string[] {
  const home = env.HOME;
  const runtime = env.XDG_RUNTIME_DIR;
  const dockerDirectory = env.DOCKER_CONFIG ?? (home === undefined ? undefined : join(home, '.docker'));
  const files = [
    env.REGISTRY_AUTH_FILE,
    dockerDirectory === undefined ? undefined : join(dockerDirectory, 'config.json'),
    runtime === undefined ? undefined : join(runtime, 'containers', 'auth.json'),
  ];
  return files.filter((file): file is string => file !== undefined && file !== '');
}

/**
 * Credentials as docker, podman and their like keep them: `credHelpers`, `credsStore` and `auths` of configuration files, read
 * anew at each call. The first file that knows the registry decides. A file that does not read is an error, not "none".
 * @see https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export function dockerCredentials({
  files,
  programTimeoutMs = PROGRAM_TIMEOUT_MS,
}: DockerCredentialsOptions): CredentialSource {
  return async (at, signal) => {
    for (const file of files) {
      const config = await readConfig(file);
      if (!config.ok) return config;
      if (config.value === undefined) continue;
      const found = await findCredentials(config.value, { ...at, file, timeoutMs: programTimeoutMs, signal });
      if (!found.ok || found.value !== undefined) return found;
    }
    return ok(undefined);
  };
}

type Config = Readonly<Record<string, unknown>>;

interface Wanted {
  readonly registry: string;
  readonly repository: string;
  readonly file: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function readConfig(file: string): Promise<Result<Config | undefined, ImageError>> {
  try {
    const document = parseJson(await readFile(file));
    return isRecord(document) ? ok(document) : err(imageError('credentials', `${file}: this is no JSON object`));
  } catch (reason) {
    if (isMissing(reason)) return ok(undefined);
    return err(
      imageError(
        'credentials',
        `${file}: cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`,
      ),
    );
  }
}

function isMissing(reason: unknown): boolean {
  return reason instanceof Error && 'code' in reason && (reason.code === 'ENOENT' || reason.code === 'ENOTDIR');
}

async function findCredentials(config: Config, wanted: Wanted): Promise<Result<Credentials | undefined, ImageError>> {
  const key = wanted.registry === 'docker.io' ? HUB_KEY : wanted.registry;
  const programs = isRecord(config.credHelpers) ? config.credHelpers : {};
  const program = programs[wanted.registry] ?? programs[key] ?? config.credsStore;
  if (typeof program === 'string' && program !== '') {
    const answer = await askCredentialProgram(program, key, wanted);
    if (!answer.ok || answer.value !== undefined) return answer;
  }
  const auths = isRecord(config.auths) ? config.auths : {};
  const entry = bestEntry(auths, wanted);
  return entry === undefined ? ok(undefined) : readEntry(entry, wanted);
}

/** The most specific key wins: podman keeps credentials for namespaces and repositories, too. */
function bestEntry(auths: Config, { registry, repository }: Wanted): Config | undefined {
  const scopes = [`${registry}/${repository}`];
  for (let slash = repository.lastIndexOf('/'); slash > 0; slash = repository.lastIndexOf('/', slash - 1)) {
    scopes.push(`${registry}/${repository.slice(0, slash)}`);
  }
  scopes.push(registry);
  const entries = Object.entries(auths).map(([key, value]) => ({ scope: scopeOf(key), value }));
  for (const scope of scopes) {
    const found = entries.find(
      (entry) => entry.scope === scope && isRecord(entry.value) && Object.keys(entry.value).length > 0,
    );
    if (found !== undefined && isRecord(found.value)) return found.value;
  }
  return undefined;
}

/** `https://index.docker.io/v1/` and `registry.example.com/v2/` are the ways older tools write a host. */
function scopeOf(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  return /^(?:index|registry-1)\.docker\.io(?=\/|$)/.test(bare) ? bare.replace(/^[^/]+/, 'docker.io') : bare;
}

function readEntry(entry: Config, { file, registry }: Wanted): Result<Credentials | undefined, ImageError> {
  const { auth, username, password, identitytoken, registrytoken } = entry;
  if (typeof registrytoken === 'string' && registrytoken !== '') return ok({ kind: 'bearer', token: registrytoken });
  if (typeof identitytoken === 'string' && identitytoken !== '')
    return ok({ kind: 'identity-token', token: identitytoken });
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = text.indexOf(':');
    if (colon < 1)
      return err(imageError('credentials', `${file}: the entry of ${registry} does not read; sign in again`));
    return ok({ kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) });
  }
  const isPair = typeof username === 'string' && typeof password === 'string' && username !== '';
  return ok(isPair ? { kind: 'basic', username, password } : undefined);
}
