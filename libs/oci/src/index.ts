export { type AddressGuard, type AddressGuardOptions, createGuard, type UrlRefusal } from './http/address-guard.ts';
export { type Download, type DownloadOptions, downloadResumable } from './http/download-resumable.ts';
export {
  type GuardedRequestOptions,
  guardedRequest,
  type HttpResponse,
  statusFailure,
} from './http/guarded-request.ts';
export { HttpBodyError, type HttpFailure } from './http/http-failure.ts';
export { readBody } from './http/read-body.ts';
export { redactUrl } from './http/redact-url.ts';
export type { HeaderValues } from './http/request-headers.ts';
export { type ResumableOptions, resumableRequest } from './http/resumable-request.ts';
export { parseRetryAfter } from './http/retry-delay.ts';
export { basicAuthorization, type CredentialSource, type Credentials } from './image/credentials.ts';
export { credentialFiles, type DockerCredentialsOptions, dockerCredentials } from './image/docker-credentials.ts';
export type { ImageError, ImageErrorKind } from './image/image-error.ts';
export {
  formatReference,
  type ImageReference,
  parseReference,
  type ReferenceError,
  type RegistryReference,
} from './image/image-reference.ts';
export { DEFAULT_PLATFORM, formatPlatform, type Platform, parsePlatform } from './image/platform.ts';
export { type ResolveOptions, resolveImage } from './image/resolve-image.ts';
export type { ResolvedImage, ResolvedLayer } from './image/resolved-image.ts';
export { type Compression, SNIFF_BYTES, sniffCompression } from './layer/compression.ts';
export type { LayerError, LayerErrorKind } from './layer/layer-error.ts';
export { DEFAULT_LAYER_LIMITS, type LayerLimits } from './layer/layer-limits.ts';
export { type LayerSource, type LayerStream, type OpenLayerOptions, openLayer } from './layer/open-layer.ts';
export { type LayerSummary, readLayer } from './layer/read-layer.ts';
export { ZstdFrames } from './layer/zstd-frames.ts';
export type { TarFile } from './tar/tar-file.ts';
export type { RejectedEntry, SkipReason, TarVisitor } from './tar/tar-visitor.ts';
export { type TarFailure, type TarLimits, TarWalker } from './tar/tar-walker.ts';
