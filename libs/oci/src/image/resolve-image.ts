import type { Result } from '@clair/model';
import type { AddressGuard } from '../http/address-guard.ts';
import { resolveArchiveImage } from '../local/archive-image.ts';
import { directoryFiles, messageOf } from '../local/directory-files.ts';
import { resolveDirectoryImage } from '../local/directory-image.ts';
import { resolveLayoutImage } from '../local/layout-image.ts';
import type { CredentialSource } from './credentials.ts';
import { type ImageError, imageError } from './image-error.ts';
import { formatReference, type ImageReference } from './image-reference.ts';
import type { Platform } from './platform.ts';
import { resolveRegistryImage } from './registry-image.ts';
import type { ResolvedImage } from './resolved-image.ts';

/** How to ask, and for which platform. */
export interface ResolveOptions {
  /** Only this one will do. Without: linux/amd64, or the only one there is. */
  readonly platform?: Platform;
  /** Without: anonymous. */
  readonly credentials?: CredentialSource;
  /** Whether a registry may be asked over plain http; one on loopback always may. */
  readonly insecure?: boolean;
  readonly guard: AddressGuard;
  readonly signal: AbortSignal;
  /** For each request to the registry, retries included. Default 60 seconds. */
  readonly timeoutMs?: number;
  /** Longest wait for an answer or the next part of it. Default 20 seconds. */
  readonly idleMs?: number;
  /** Attempts of one request. Default 4. */
  readonly attemptsMax?: number;
}

/**
 * Finds the manifest of one image and lists its layers, base first; no layer is read, but for a directory, which has to be to
 * know its digest. Rejects only with the reason of the signal.
 */
export async function resolveImage(
  reference: ImageReference,
  options: ResolveOptions,
): Promise<Result<ResolvedImage, ImageError>> {
  options.signal.throwIfAborted();
  if (reference.kind === 'registry') {
    const {
      timeoutMs = 60_000,
      idleMs = 20_000,
      attemptsMax = 4,
      guard,
      signal,
      credentials,
      insecure = false,
    } = options;
    return resolveRegistryImage(reference, options.platform, {
      guard,
      signal,
      credentials,
      insecure,
      timing: { timeoutMs, idleMs, attemptsMax },
    });
  }
  try {
    return await resolveLocal(reference, options);
  } catch (reason) {
    options.signal.throwIfAborted();
    return {
      ok: false,
      error: imageError('unreadable', `${formatReference(reference)}: cannot be read: ${messageOf(reason)}`),
    };
  }
}

async function resolveLocal(
  reference: Exclude<ImageReference, { kind: 'registry' }>,
  { platform, signal }: ResolveOptions,
): Promise<Result<ResolvedImage, ImageError>> {
  switch (reference.kind) {
    case 'oci-layout': {
      const { directory, tag, digest } = reference;
      return resolveLayoutImage(directoryFiles(directory), { tag, digest, platform });
    }
    case 'docker-archive':
      return resolveArchiveImage({ file: reference.file, index: reference.index, platform });
    case 'directory':
      return resolveDirectoryImage(reference.directory, platform, signal);
  }
}
