import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Scratch } from '@clair/feeds';

/** A {@link Scratch} in a file, which is there from the first piece on. */
export class ScratchFile implements Scratch {
  readonly #path: string;
  #file: number | undefined;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
  }

  append(bytes: Uint8Array): number {
    this.#file ??= openSync(this.#path, 'w+', 0o600);
    const position = this.#end;
    // `write` may take less than it is given when the disk is nearly full.
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
    }
    this.#end += bytes.length;
    return position;
  }

  read(position: number, into: Uint8Array): void {
    if (position + into.length > this.#end) throw new RangeError(`the scratch file ends at ${this.#end}`);
    for (let done = 0; done < into.length; ) {
      const got = this.#file === undefined ? 0 : readSync(this.#file, into, done, into.length - done, position + done);
      if (got === 0) throw new Error('the scratch file was cut short');
      done += got;
    }
  }

  /** Gives the disk space back. */
  clear(): void {
    if (this.#file === undefined || this.#end === 0) return;
    ftruncateSync(this.#file);
    this.#end = 0;
  }

  remove(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#path, { force: true });
  }
}
