import { type Digest, err, ok, type Result } from '@clair/model';
import { type ImageError, imageError } from './image-error.ts';
import { formatReference, type RegistryReference } from './image-reference.ts';
import { type ImageStore, type StoredManifest, sha256Of } from './image-store.ts';
import { type Descriptor, isForeignLayer, MANIFEST_ACCEPT, MANIFEST_BYTES_MAX } from './manifest.ts';
import type { Platform } from './platform.ts';
import { RegistryClient, type RegistryOptions } from './registry-client.ts';
import type { ResolvedImage, ResolvedLayer } from './resolved-image.ts';
import { readRoot, selectImage } from './select-image.ts';

/** Resolves an image of a registry. Its layers carry a URL and the headers that were found to open it. */
export async function resolveRegistryImage(
  reference: RegistryReference,
  platform: Platform | undefined,
  options: RegistryOptions,
): Promise<Result<ResolvedImage, ImageError>> {
  const name = formatReference(reference);
  const client = new RegistryClient(reference, options);
  const store = registryStore(client, name);
  const answer = await fetchManifest(client, reference.digest ?? reference.tag ?? 'latest');
  if (!answer.ok) return err(named(answer.error, name));
  const { bytes, mediaType } = answer.value;
  const root = readRoot(bytes, { digest: reference.digest ?? sha256Of(bytes), mediaType, name });
  if (!root.ok) return root;
  return selectImage(store, root.value, platform);
}

function registryStore(client: RegistryClient, name: string): ImageStore {
  return {
    name,
    manifest: (digest: Digest) => fetchManifest(client, digest),
    config: async (descriptor) => {
      if (descriptor.size > MANIFEST_BYTES_MAX) {
        return err(
          imageError(
            'limit',
            `${name}: a configuration of ${descriptor.size} bytes; the limit is ${MANIFEST_BYTES_MAX}`,
          ),
        );
      }
      const answer = await client.get(`blobs/${descriptor.digest}`, { accept: ['*/*'], bytesMax: MANIFEST_BYTES_MAX });
      return answer.ok ? ok(answer.value.bytes) : answer;
    },
    layer: (descriptor) => toLayer(client, descriptor),
  };
}

async function fetchManifest(client: RegistryClient, tagOrDigest: string): Promise<Result<StoredManifest, ImageError>> {
  const answer = await client.get(`manifests/${tagOrDigest}`, {
    accept: MANIFEST_ACCEPT,
    bytesMax: MANIFEST_BYTES_MAX,
  });
  return answer.ok ? ok({ bytes: answer.value.bytes, mediaType: answer.value.contentType }) : answer;
}

/** A foreign layer is asked for where its publisher keeps it, without anything that is for the registry. */
function toLayer(client: RegistryClient, { digest, mediaType, size, urls }: Descriptor): ResolvedLayer {
  const foreign = isForeignLayer(mediaType);
  const [url] = urls;
  if (foreign && url !== undefined) return { digest, mediaType, size, uri: url, headers: {}, foreign };
  return { digest, mediaType, size, ...client.blob(digest), foreign };
}

function named(error: ImageError, name: string): ImageError {
  return { ...error, message: `${name}: ${error.message}` };
}
