import type { ByteSource } from '../../executable/byte-view.ts';
import type { Coordinates } from './pom-properties.ts';

/** Knows archives by their content: for those that do not say what they are. */
export interface JarIndex {
  /** Another one for another content: images are then indexed again. */
  readonly version: string;
  /** `undefined` for an archive that it does not know. */
  find(archive: ByteSource): Coordinates | undefined;
}
