import type { ByteSource } from '../../executable/byte-view.ts';
import type { FoundPackages } from '../../language/found-packages.ts';
import { decodeText } from '../../sqlite/text-decoding.ts';
import { readZip, type ZipEntry, zipMember } from '../../zip/zip-archive.ts';
import { guessCoordinates } from './guessed-coordinates.ts';
import type { JarIndex } from './jar-index.ts';
import { parseManifest } from './manifest.ts';
import { parsePomProperties } from './pom-properties.ts';

/** Archives in archives; real ones are three deep (a jar in a war in an ear). */
const DEPTH_MAX = 8;
/** Of one file with all that is inside of it. */
const ARCHIVES_MAX = 5_000;
const INFLATED_BYTES_MAX = 1024 * 1024 * 1024;
/** One inner archive, in memory. */
const INNER_BYTES_MAX = 128 * 1024 * 1024;
const TEXT_BYTES_MAX = 1024 * 1024;

const ARCHIVE_NAME = /\.(?:jar|war|ear|jpi|hpi)$/i;

export function isArchiveName(path: string): boolean {
  return ARCHIVE_NAME.test(path) && path.length <= 4_096;
}

interface Place {
  /** Path in the outermost file; absent for that itself. */
  readonly member?: string;
  readonly depth: number;
  readonly fileName: string;
}

/** Reads one file with all archives inside of it, within limits for all of them together. */
export class ArchiveReading {
  readonly #found: FoundPackages;
  readonly #index: JarIndex | undefined;
  #archives = 0;
  #inflatedBytes = 0;

  constructor(found: FoundPackages, index: JarIndex | undefined) {
    this.#found = found;
    this.#index = index;
  }

  read(file: ByteSource, path: string): void {
    this.#read(file, { depth: 0, fileName: baseName(path) });
  }

  #read(source: ByteSource, place: Place): void {
    const { member } = place;
    this.#archives += 1;
    if (this.#archives > ARCHIVES_MAX) {
      this.#problem('limit', `more than ${ARCHIVES_MAX} archives inside of it`, member);
      return;
    }
    const zip = readZip(source);
    if (!zip.ok) {
      this.#problem('malformed', zip.error, member);
      return;
    }
    const { entries, isCut } = zip.value;
    if (isCut) this.#problem('limit', `only ${entries.length} of its entries were looked at`, member);
    const isNamed = this.#addPoms(source, entries, member);
    const inner = entries.filter(({ name }) => isArchiveName(name));
    if (!isNamed && inner.length === 0) this.#guess(source, entries, place);
    for (const entry of inner) this.#readInner(source, entry, place);
  }

  #readInner(source: ByteSource, entry: ZipEntry, { member: outer, depth }: Place): void {
    const member = outer === undefined ? entry.name : `${outer}:${entry.name}`;
    if (depth >= DEPTH_MAX) {
      this.#problem('limit', `archives are nested more than ${DEPTH_MAX} deep`, member);
      return;
    }
    const bytes = this.#member(source, entry, { bytesMax: INNER_BYTES_MAX, member });
    if (bytes !== undefined) this.#read(bytes, { member, depth: depth + 1, fileName: baseName(entry.name) });
  }

  /** All that Maven has recorded: of a jar into which others were merged, of each of them. Whether there was any. */
  #addPoms(source: ByteSource, entries: readonly ZipEntry[], member: string | undefined): boolean {
    let isAny = false;
    for (const entry of entries) {
      if (!/^(?:[^/]+\/)*META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/.test(entry.name)) continue;
      const text = this.#text(source, entry, member);
      const read = text === undefined ? undefined : parsePomProperties(text);
      if (read === undefined) continue;
      if (read.ok) {
        isAny = true;
        this.#found.add(`${read.value.group}:${read.value.artifact}`, read.value.version, member);
      } else {
        this.#found.unidentified(`${entry.name}: ${read.error}`, member);
      }
    }
    return isAny;
  }

  /** Only of what is software: an archive of texts or pictures is nobody's package. */
  #guess(source: ByteSource, entries: readonly ZipEntry[], { member, fileName }: Place): void {
    if (!entries.some(({ name }) => name.endsWith('.class'))) return;
    const known = this.#index?.find(source);
    if (known !== undefined) {
      this.#found.add(`${known.group}:${known.artifact}`, known.version, member);
      return;
    }
    const entry = entries.find(({ name }) => name.toUpperCase() === 'META-INF/MANIFEST.MF');
    const text = entry === undefined ? '' : this.#text(source, entry, member);
    if (text === undefined) return;
    const guessed = guessCoordinates(parseManifest(text), fileName);
    if (guessed.ok) this.#found.add(`${guessed.value.group}:${guessed.value.artifact}`, guessed.value.version, member);
    else this.#found.unidentified(guessed.error, member);
  }

  #text(source: ByteSource, entry: ZipEntry, member: string | undefined): string | undefined {
    const bytes = this.#member(source, entry, { bytesMax: TEXT_BYTES_MAX, member });
    return bytes === undefined ? undefined : decodeText(bytes.read(0, TEXT_BYTES_MAX), 'utf-8');
  }

  #member(
    source: ByteSource,
    entry: ZipEntry,
    { bytesMax, member }: { readonly bytesMax: number; readonly member: string | undefined },
  ): ByteSource | undefined {
    const left = INFLATED_BYTES_MAX - this.#inflatedBytes;
    if (left <= 0) {
      this.#problem('limit', `more than ${INFLATED_BYTES_MAX} bytes inflated`, member);
      return undefined;
    }
    const bytes = zipMember(source, entry, { bytesMax: Math.min(bytesMax, left) });
    if (bytes.ok) {
      this.#inflatedBytes += bytes.value.size;
      return bytes.value;
    }
    this.#problem(bytes.error.kind, `${entry.name}: ${bytes.error.reason}`, member);
    return undefined;
  }

  #problem(kind: 'malformed' | 'limit', reason: string, member: string | undefined): void {
    this.#found.problem({ kind, reason, ...(member !== undefined && { member }) });
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
