import {
  createGuard,
  credentialFiles,
  dockerCredentials,
  type ImageReference,
  type Platform,
  parsePlatform,
  parseReference,
  type ResolvedImage,
  resolveImage,
} from '@clair/oci';
import { CommandError, type ManifestV1 } from './api.ts';
import { withLayerServer } from './local-layers.ts';

export interface ImageOptions {
  /** Ends the look-up. */
  readonly signal: AbortSignal;
  readonly platform: string | undefined;
  /** Speak http to the registry, or accept any certificate. */
  readonly insecure: boolean;
}

export interface Image {
  readonly reference: ImageReference;
  readonly resolved: ResolvedImage;
}

/** The image that the text names, wherever it is. Rejects with what is wrong with the text or the image. */
export async function findImage(text: string, options: ImageOptions): Promise<Image> {
  const reference = readReference(text);
  const platform = options.platform === undefined ? undefined : readPlatform(options.platform);
  const resolved = await resolveImage(reference, {
    // What the person at the terminal names is theirs to reach; metadata addresses stay refused.
    guard: createGuard({ allowPrivate: true, allowLoopback: true }),
    signal: options.signal,
    insecure: options.insecure,
    credentials: dockerCredentials({ files: credentialFiles(process.env) }),
    ...(platform !== undefined && { platform }),
  });
  if (!resolved.ok) throw new CommandError(named(text, resolved.error.message));
  return { reference, resolved: resolved.value };
}

/** Rejects a text that names no image, wherever that might be. */
export function readReference(text: string): ImageReference {
  const reference = parseReference(text);
  if (!reference.ok) throw new CommandError(named(text, reference.error.message));
  return reference.value;
}

/** Of a single word any could be meant; one that is no architecture is a slip, and would be looked for in the registry. */
const ARCHITECTURES =
  /^(386|amd64|arm|arm64|armhf|armel|aarch64|i[36]86|x86[_-]64|loong64|mips\w*|ppc64(le)?|riscv64|s390x|wasm)$/i;

/** Rejects what is no platform. */
export function readPlatform(text: string): Platform {
  const platform = parsePlatform(text);
  if (!platform.ok) throw new CommandError(`--platform: ${platform.error}`);
  if (!text.includes('/') && !ARCHITECTURES.test(text))
    throw new CommandError(`--platform ${text}: no such architecture; write os/architecture[/variant], as linux/arm64`);
  return platform.value;
}

/** What the person should know of the image before believing its report, a sentence each. */
export function notesOf(resolved: ResolvedImage): readonly string[] {
  const foreign = resolved.layers.filter((layer) => layer.foreign).map((layer) => layer.digest);
  return [
    ...resolved.notes,
    ...foreign.map((digest) => `layer ${digest} is kept outside the registry, where its publisher has it`),
  ];
}

/** The message after the image's name, unless it begins with it or with what it names on this disk. */
function named(text: string, message: string): string {
  const path = text.replace(/^(?:oci|docker-archive|dir):/, '');
  const rest = [text, path].find((name) => message.startsWith(`${name}: `));
  return `${text}: ${rest === undefined ? message : message.slice(rest.length + 2)}`;
}

/** Clair's manifest of an image in a registry; its headers hold the credentials to fetch its layers, its labels say where it is. */
export function manifestOf({ reference, resolved }: Image): ManifestV1 {
  const labels = labelsOf(reference);
  return {
    hash: resolved.digest,
    layers: resolved.layers.map((layer) => ({ hash: layer.digest, uri: layer.uri, headers: layer.headers })),
    ...(labels !== undefined && { labels }),
  };
}

function labelsOf(reference: ImageReference): ManifestV1['labels'] {
  if (reference.kind !== 'registry') return undefined;
  const { registry, repository, tag } = reference;
  return { repository: `${registry}/${repository}`, ...(tag !== undefined && { tag }) };
}

/** Gives `work` a manifest whose layers the service can fetch. */
export async function withManifest<T>(
  image: Image,
  isLocalService: boolean,
  work: (manifest: ManifestV1) => Promise<T>,
): Promise<T> {
  if (image.reference.kind === 'registry') return work(manifestOf(image));
  if (!isLocalService) {
    throw new CommandError(
      'an image on this disk can only be given to a service on this machine; push it to a registry, or leave out --host',
    );
  }
  return withLayerServer(image.resolved, work);
}
