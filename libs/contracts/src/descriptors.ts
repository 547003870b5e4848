import { readFileSync } from 'node:fs';

/**
 * The serialised `google.protobuf.FileDescriptorSet` of everything under `proto/`, imports included: what the gRPC
 * reflection service answers from. Reads `generated/descriptors.binpb` beside this module, so a bundle has to carry
 * that file in a folder `generated` beside it; throws the file system's error when it is not there.
 */
export function readDescriptorSet(): Uint8Array {
  return readFileSync(new URL('./generated/descriptors.binpb', import.meta.url));
}
