export { archiveTexts } from './archive-texts.ts';
export {
  type Blob,
  buildImage,
  buildLayer,
  compressLayer,
  descriptor,
  type Image,
  jsonBlob,
  type Layer,
  type LayerCompression,
  sha256Digest,
} from './image.ts';
export { assertLadder } from './ladder.ts';
export { createRandom, type Random } from './random.ts';
export { type Registry, type RegistryFault, type RegistryOptions, serveRegistry } from './registry.ts';
export { REPOSITORY_ROOT, sharedData } from './shared-data.ts';
export { buildTar, type TarEntry, type TarOptions } from './tar.ts';
export { type ZipOptions, zipArchive } from './zip-archive.ts';
