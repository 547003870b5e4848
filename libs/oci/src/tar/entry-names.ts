import { readPaxRecords, readPaxSize } from './pax-records.ts';
import type { TarHeader } from './tar-header.ts';
import { decodeName } from './tar-text.ts';

/** What a header says once the extended headers before it are applied. */
export interface NamedEntry {
  readonly name: string;
  readonly linkName: string;
  readonly size: number | undefined;
  readonly sparse: boolean;
  /** Why the entry cannot be placed, when an extended header before it does not read. */
  readonly problem: string | undefined;
}

/** Type flags of headers that only say something of the next entry. */
export type ExtensionType = 'x' | 'X' | 'g' | 'L' | 'K';

/** Collects the extended headers (PAX local and global, GNU long name and long link) and applies them to the entry they precede. */
export class EntryNames {
  readonly #global = new Map<string, string>();
  #local: Map<string, string> | undefined;
  #longName: string | undefined;
  #longLink: string | undefined;
  #problem: string | undefined;
  #pending = false;

  /** Remembers one extended header for the next entry (`g`: for all that follow). */
  extend(type: ExtensionType, content: Buffer): void {
    if (type === 'L' || type === 'K') {
      this.#pending = true;
      const name = decodeName(content.subarray(0, textLength(content)));
      if (type === 'L') this.#longName = name;
      else this.#longLink = name;
      return;
    }
    const records = readPaxRecords(content);
    if (!records.ok) {
      this.refuse(records.error);
    } else if (type === 'g') {
      for (const [key, value] of records.value) setRecord(this.#global, key, value);
    } else {
      this.#local = records.value;
      this.#pending = true;
    }
  }

  /** The next entry cannot be placed, for this reason. */
  refuse(reason: string): void {
    this.#problem = reason;
    this.#pending = true;
  }

  /** Whether an extended header waits for its entry. */
  get pending(): boolean {
    return this.#pending;
  }

  /** Applies what was collected to `header`, and forgets all but the global part. */
  apply(header: TarHeader): NamedEntry {
    if (!this.#pending && this.#global.size === 0) {
      return {
        name: header.name,
        linkName: header.linkName,
        size: header.size,
        sparse: header.type === 'S',
        problem: undefined,
      };
    }
    const name = this.#longName ?? this.#record('GNU.sparse.name') ?? this.#record('path') ?? header.name;
    const linkName = this.#longLink ?? this.#record('linkpath') ?? header.linkName;
    const sizeText = this.#record('size');
    const size = sizeText === undefined ? header.size : readPaxSize(sizeText);
    const sparse = header.type === 'S' || this.#isSparse();
    const entry = { name, linkName, size, sparse, problem: this.#problem };
    this.#local = undefined;
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#problem = undefined;
    this.#pending = false;
    return entry;
  }

  /** An empty value takes the record back, also that of the global header. */
  #record(key: string): string | undefined {
    const value = this.#local?.get(key) ?? this.#global.get(key);
    return value === '' ? undefined : value;
  }

  #isSparse(): boolean {
    return ['GNU.sparse.major', 'GNU.sparse.map', 'GNU.sparse.size', 'GNU.sparse.realsize'].some(
      (key) => this.#record(key) !== undefined,
    );
  }
}

function setRecord(records: Map<string, string>, key: string, value: string): void {
  if (value === '') records.delete(key);
  else records.set(key, value);
}

function textLength(content: Buffer): number {
  const nul = content.indexOf(0);
  return nul < 0 ? content.length : nul;
}
