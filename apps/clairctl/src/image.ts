import {
  createGuard,
  credentialFiles,
  dockerCredentials,
  type ImageReference,
  parsePlatform,
  parseReference,
  type ResolvedImage,
  resolveImage,
} from '@clair/oci';
import { CommandError, type ManifestV1 } from './api.ts';
import { withLayerServer } from './local-layers.ts';

export interface ImageOptions {
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
  const reference = parseReference(text);
  if (!reference.ok) throw new CommandError(`${text}: ${reference.error.message}`);
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  if (platform?.ok === false) throw new CommandError(`--platform: ${platform.error}`);
  const resolved = await resolveImage(reference.value, {
    // What the person at the terminal names is theirs to reach; metadata addresses stay refused.
    guard: createGuard({ allowPrivate: true, allowLoopback: true }),
    signal: new AbortController().signal,
    insecure: options.insecure,
    credentials: dockerCredentials({ files: credentialFiles(process.env) }),
    ...(platform !== undefined && { platform: platform.value }),
  });
  if (!resolved.ok) throw new CommandError(`${text}: ${resolved.error.message}`);
  return { reference: reference.value, resolved: resolved.value };
}

/** Clair's manifest of an image in a registry; its headers hold the credentials to fetch its layers. */
export function manifestOf(resolved: ResolvedImage): ManifestV1 {
  return {
    hash: resolved.digest,
    layers: resolved.layers.map((layer) => ({ hash: layer.digest, uri: layer.uri, headers: layer.headers })),
  };
}

/** Gives `work` a manifest whose layers the service can fetch. */
export async function withManifest<T>(
  image: Image,
  isLocalService: boolean,
  work: (manifest: ManifestV1) => Promise<T>,
): Promise<T> {
  if (image.reference.kind === 'registry') return work(manifestOf(image.resolved));
  if (!isLocalService) {
    throw new CommandError(
      'an image on this disk can only be given to a service on this machine; push it to a registry, or leave out --host',
    );
  }
  return withLayerServer(image.resolved, work);
}
