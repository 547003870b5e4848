type State = 'magic' | 'skippable-size' | 'skip' | 'descriptor' | 'header-rest' | 'block-header' | 'block' | 'checksum';

/** The parts whose value is read: at most four bytes, and they may come one by one. */
const IS_HELD: Readonly<Record<State, boolean>> = {
  magic: true,
  'skippable-size': true,
  skip: false,
  descriptor: true,
  'header-rest': false,
  'block-header': true,
  block: false,
  checksum: false,
};
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/**
 * Finds where the frames of a zstd stream end, without inflating anything, and leaves the skippable ones out.
 * Needed because Node's decompressor drops in silence whatever follows the first frame of a write.
 * @see RFC 8878 section 3
 */
export class ZstdFrames {
  #state: State = 'magic';
  readonly #held = Buffer.alloc(4);
  #heldBytes = 0;
  /** Bytes that are left of what {@link #state} names. */
  #left = 4;
  #hasChecksum = false;
  #isLastBlock = false;

  /** Whether the stream may end here. */
  get betweenFrames(): boolean {
    return this.#state === 'magic' && this.#heldBytes === 0;
  }

  /**
   * Cuts `chunk` so that no piece reaches over the end of a frame; the pieces share its memory.
   * `undefined`: what follows a frame is no frame.
   */
  push(chunk: Buffer): Buffer[] | undefined {
    const pieces: Buffer[] = [];
    let dataFrom = 0;
    let at = 0;
    while (at < chunk.length) {
      const step = Math.min(this.#left, chunk.length - at);
      if (IS_HELD[this.#state]) this.#heldBytes += chunk.copy(this.#held, this.#heldBytes, at, at + step);
      const before = this.#state;
      this.#left -= step;
      at += step;
      if (this.#left > 0) continue;
      if (!this.#advance()) return undefined;
      if (before === 'magic') {
        // The magic may have come in two pieces; it is passed on whole once it is known to be no skippable frame.
        dataFrom = at;
        if (this.#state === 'descriptor') pieces.push(Buffer.from('28b52ffd', 'hex'));
      } else if (before === 'skip' || before === 'skippable-size') {
        dataFrom = at;
      } else if (this.#state === 'magic') {
        pieces.push(chunk.subarray(dataFrom, at));
        dataFrom = at;
      }
    }
    const isData = this.#state !== 'magic' && this.#state !== 'skippable-size' && this.#state !== 'skip';
    if (isData && dataFrom < chunk.length) pieces.push(chunk.subarray(dataFrom));
    return pieces;
  }

  /** Goes on from a part that is complete; parts of no bytes are passed through. False when a magic is unknown. */
  #advance(): boolean {
    const state = this.#state;
    if (state === 'magic') return this.#takeMagic();
    if (state === 'skippable-size') this.#enterOrPass('skip', this.#held.readUInt32LE(0));
    else if (state === 'descriptor') this.#takeDescriptor();
    else if (state === 'header-rest') this.#enter('block-header', 3);
    else if (state === 'block-header') this.#takeBlockHeader();
    else if (state === 'block') this.#endBlock();
    else this.#enter('magic', 4);
    return true;
  }

  #takeMagic(): boolean {
    const magic = this.#held.readUInt32LE(0);
    if (magic === 0xfd2fb528) this.#enter('descriptor', 1);
    else if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) this.#enter('skippable-size', 4);
    else return false;
    return true;
  }

  #takeDescriptor(): void {
    const descriptor = this.#held.readUInt8(0);
    const isSingleSegment = (descriptor & 0x20) !== 0;
    this.#hasChecksum = (descriptor & 0x04) !== 0;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
    const rest = (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + sizeBytes;
    if (rest > 0) this.#enter('header-rest', rest);
    else this.#enter('block-header', 3);
  }

  #takeBlockHeader(): void {
    const header = this.#held.readUIntLE(0, 3);
    this.#isLastBlock = (header & 1) !== 0;
    const isRunLength = ((header >> 1) & 3) === 1;
    const bytes = isRunLength ? 1 : header >> 3;
    if (bytes > 0) this.#enter('block', bytes);
    else this.#endBlock();
  }

  #endBlock(): void {
    if (!this.#isLastBlock) this.#enter('block-header', 3);
    else if (this.#hasChecksum) this.#enter('checksum', 4);
    else this.#enter('magic', 4);
  }

  #enterOrPass(state: State, bytes: number): void {
    if (bytes > 0) this.#enter(state, bytes);
    else this.#enter('magic', 4);
  }

  #enter(state: State, bytes: number): void {
    this.#state = state;
    this.#left = bytes;
    this.#heldBytes = 0;
  }
}
