/**
 * Room outside the process's memory for what a feed must keep of a document until it has read the rest. It is the caller's, who clears it
 * away after the parse. Both calls block: they go to a file that the operating system has in memory, or to a disk.
 */
export interface Scratch {
  /** Returns the position at which the bytes lie from now on. Throws what the storage throws: a full disk ends the parse. */
  append(bytes: Uint8Array): number;
  /** Fills `into` with the bytes that lie from `position` on. */
  read(position: number, into: Uint8Array): void;
}
