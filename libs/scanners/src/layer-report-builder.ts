import { compareText, type FileFindings, type FileProblem, type LayerReport } from '@clair/model';
import { mayNameDirectory } from './directory-names.ts';
import { emptied, type FileReading, readFile } from './file-reading.ts';
import {
  type FileContent,
  type LayerContent,
  type MissingContent,
  passedContent,
  RetainedBytes,
} from './layer-content.ts';
import { LayerTree, type TreeEntry } from './layer-tree.ts';
import { notFollowed, overlayProblem } from './overlay-problem.ts';
import type { Scanner } from './scanner.ts';
import { parseWhiteout } from './whiteout.ts';

/** What a path of the layer holds. */
type Leaf =
  | {
      readonly kind: 'file';
      readonly content: LayerContent;
      /** `unresolved`: the scanners of this path need bytes that were streamed past. */
      readonly reading: FileReading | 'unwanted' | 'unresolved';
    }
  /** A regular file that nobody wants; one shared object for all, since layers hold many. */
  | { readonly kind: 'skipped' }
  /** A hard link to a path that the layer did not hold when the link came. */
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'other' };

type LinkedFile = Pick<Extract<Leaf, { kind: 'file' }>, 'content' | 'reading'>;

export interface LayerReportOptions {
  readonly scanners: readonly Scanner[];
  /** Bytes to text as UTF-8, malformed sequences replaced. */
  readonly decode: (bytes: Uint8Array) => string;
  /** For the second pass: what {@link LayerReportBuilder.unresolvedLinks} of the first gave. */
  readonly alsoWanted?: readonly string[];
}

interface Draft {
  readonly files: FileFindings[];
  readonly problems: FileProblem[];
  readonly replaced: string[];
  readonly directories: string[];
  readonly links: { readonly path: string; readonly target: string }[];
}

const NOBODY: readonly Scanner[] = [];
const NOTHING_READ: FileReading = { files: [], problems: [] };
const SKIPPED: Leaf = { kind: 'skipped' };
const OTHER: Leaf = { kind: 'other' };

/** More hops than any archive needs; after them the link counts as one to a lower layer. */
const LINK_HOPS_MAX = 64;

/**
 * Builds the report of one layer from the entries of its tar, given once each, in the order of the tar. Whiteout names
 * (`.wh.*`) may come through any method. Memory grows with the number of entries, not with their bytes: bytes are kept
 * for hard links only, within a fixed budget.
 */
export class LayerReportBuilder {
  readonly #scanners: readonly Scanner[];
  readonly #decode: (bytes: Uint8Array) => string;
  readonly #alsoWanted: ReadonlySet<string>;
  readonly #retained: RetainedBytes;
  readonly #tree = new LayerTree<Leaf>();
  readonly #whiteouts = new Set<string>();
  readonly #opaques = new Set<string>();
  readonly #problems: FileProblem[] = [];
  /** Where links stand, or stood, whose target was not there yet. */
  readonly #openLinks = new Set<string>();
  /** Where links stand, or stood, that scanners want. */
  readonly #wantedLinks = new Set<string>();
  #isFull = false;
  /** Callers ask for a path, and then give it: that is one question. */
  #lastAsked: { readonly path: string; readonly wanting: readonly Scanner[] } = { path: '', wanting: NOBODY };

  constructor({ scanners, decode, alsoWanted = [] }: LayerReportOptions) {
    this.#scanners = scanners;
    this.#decode = decode;
    this.#alsoWanted = new Set(alsoWanted);
    this.#retained = new RetainedBytes(this.#alsoWanted);
  }

  /** How many bytes of the regular file at this path are worth reading; 0 when nobody wants it. */
  wants(path: string): number {
    const isAlsoWanted = this.#alsoWanted.size > 0 && this.#alsoWanted.has(path);
    const wanting = isAlsoWanted ? this.#scanners : this.#wanting(path);
    if (wanting.length === 0 || parseWhiteout(path) !== undefined) return 0;
    return Math.max(...wanting.map(({ fileBytesMax }) => fileBytesMax));
  }

  /** Whether the regular file at this path, which {@link wants} asked for, is worth reading when it begins so; {@link skip} it if not. */
  wantsContent(path: string, head: Uint8Array): boolean {
    const isAlsoWanted = this.#alsoWanted.size > 0 && this.#alsoWanted.has(path);
    const wanting = isAlsoWanted ? this.#scanners : this.#wanting(path);
    return wanting.some((scanner) => scanner.wantsContent?.(head) !== false);
  }

  /** A directory entry. */
  directory(path: string): void {
    if (this.#takeWhiteout(path)) return;
    this.#checkRoom(this.#tree.makeDirectory(path));
  }

  /** A regular file that {@link wants} asked for. `content` is asked only during the call. */
  file(path: string, content: FileContent | MissingContent): void {
    if (this.#takeWhiteout(path)) return;
    const wanting = this.#wanting(path);
    const reading = wanting.length === 0 ? 'unwanted' : this.#read(path, content, wanting);
    this.#put(path, { kind: 'file', content: this.#retained.keep(path, content), reading });
  }

  /** A regular file that {@link wants} asked for and {@link wantsContent} then did not. */
  passOver(path: string): void {
    if (this.#takeWhiteout(path)) return;
    this.#put(path, { kind: 'file', content: passedContent(path), reading: NOTHING_READ });
  }

  /** A regular file that nobody wants. One that {@link wants} asked for counts as not read. */
  skip(path: string): void {
    if (this.#takeWhiteout(path)) return;
    if (this.#wanting(path).length === 0) this.#put(path, SKIPPED);
    else this.file(path, 'unread');
  }

  /** A symbolic link, a device, a pipe: whatever is neither a regular file nor a directory nor a hard link. */
  other(path: string): void {
    if (!this.#takeWhiteout(path)) this.#put(path, OTHER);
  }

  /** A hard link to a path of this layer, which may come later, or of a lower layer. */
  hardlink(path: string, target: string): void {
    if (this.#takeWhiteout(path)) return;
    const leaf = this.#linkTo(path, target);
    if (leaf.kind === 'link') this.#openLinks.add(path);
    this.#put(path, leaf);
  }

  /**
   * Files of this layer whose bytes a wanted hard link needs and which were streamed past. When there are any, stream
   * the layer again into a new builder that gets them as `alsoWanted`, and use its report; that one has none.
   */
  unresolvedLinks(): readonly string[] {
    this.#settleLinks();
    const sources = new Set<string>();
    for (const path of this.#wantedLinks) {
      const leaf = this.#tree.get(path);
      if (isUnresolved(leaf)) sources.add(leaf.content.source);
    }
    return [...sources].sort(compareText);
  }

  /** The report of the entries so far, the same for the same entries. Links left unresolved are problems in it. */
  finish(size: { readonly blobBytes: number; readonly tarBytes: number }): LayerReport {
    this.#settleLinks();
    const draft: Draft = { files: [], problems: [...this.#problems], replaced: [], directories: [], links: [] };
    for (const entry of this.#tree.entries()) this.#report(entry, draft);
    return {
      files: draft.files.sort((a, b) => compareText(a.path, b.path) || compareText(a.scanner, b.scanner)),
      problems: draft.problems.sort((a, b) => compareText(a.path, b.path) || compareText(a.scanner, b.scanner)),
      whiteouts: [...this.#whiteouts].sort(compareText),
      opaques: [...this.#opaques].sort(compareText),
      replaced: draft.replaced.sort(compareText),
      directories: draft.directories.sort(compareText),
      links: draft.links.sort((a, b) => compareText(a.path, b.path)),
      blobBytes: size.blobBytes,
      tarBytes: size.tarBytes,
    };
  }

  #wanting(path: string): readonly Scanner[] {
    if (path === this.#lastAsked.path) return this.#lastAsked.wanting;
    const wanting = this.#scanners.some((one) => one.wants(path))
      ? this.#scanners.filter((one) => one.wants(path))
      : NOBODY;
    this.#lastAsked = { path, wanting };
    return wanting;
  }

  /** True when the path was a whiteout, which is no entry of the layer's own tree. */
  #takeWhiteout(path: string): boolean {
    const whiteout = parseWhiteout(path);
    if (whiteout === undefined) return false;
    if (whiteout.kind === 'remove') this.#whiteouts.add(whiteout.path);
    if (whiteout.kind === 'opaque') this.#opaques.add(whiteout.path);
    if (whiteout.kind === 'malformed') {
      this.#problems.push(overlayProblem(path, 'malformed', 'a whiteout that names nothing'));
    }
    return true;
  }

  #put(path: string, leaf: Leaf): void {
    if (path !== '') this.#checkRoom(this.#tree.put(path, leaf));
  }

  #checkRoom(hasRoom: boolean): void {
    if (hasRoom || this.#isFull) return;
    this.#isFull = true;
    this.#problems.push(overlayProblem('', 'limit', 'the layer has more entries than are kept; the rest was not read'));
  }

  /** What a hard link puts at `path`, as far as the layer is known by now. */
  #linkTo(path: string, target: string): Leaf {
    const end = this.#followLinks(target);
    if (end.leaf === undefined) return { kind: 'link', target: end.path };
    if (end.leaf.kind === 'other') return OTHER;
    const wanting = this.#wanting(path);
    const file =
      end.leaf.kind === 'file' ? end.leaf : { content: passedContent(end.path), reading: 'unwanted' as const };
    const { content } = file;
    if (wanting.length === 0) return { kind: 'file', content, reading: 'unwanted' };
    this.#wantedLinks.add(path);
    return { kind: 'file', content, reading: this.#readThroughLink(path, file, wanting) };
  }

  #read(path: string, content: FileContent | MissingContent, wanting: readonly Scanner[]): FileReading {
    return readFile({ path, content, decode: this.#decode }, wanting, this.#scanners);
  }

  /** Scanners that look at content alone have read it under the first path: `git` has a hundred links to one program. */
  #readThroughLink(path: string, file: LinkedFile, wanting: readonly Scanner[]): FileReading | 'unresolved' {
    const { content, reading } = file;
    const read = this.#wanting(content.source);
    if (
      typeof reading === 'object' &&
      wanting.every((scanner) => scanner.wantsContent !== undefined && read.includes(scanner))
    ) {
      return readingAt(path, reading, new Set(wanting.map(({ id }) => id)));
    }
    const { bytes = 'unread' } = content;
    // A file that was too large for its own scanners may be small enough for those of the link.
    const isFinal = typeof bytes === 'object' || this.#alsoWanted.has(content.source);
    return isFinal ? this.#read(path, bytes, wanting) : 'unresolved';
  }

  /** The file or other thing at the end of a chain of links; no leaf when it is not in this layer (yet). */
  #followLinks(from: string): { path: string; leaf?: Exclude<Leaf, { kind: 'link' }> } {
    let path = from;
    for (let hops = 0; hops < LINK_HOPS_MAX; hops += 1) {
      const leaf = this.#tree.get(path);
      if (leaf === undefined || leaf === 'directory') return { path };
      if (leaf.kind !== 'link') return { path, leaf };
      path = leaf.target;
    }
    return { path };
  }

  #settleLinks(): void {
    for (const path of this.#openLinks) {
      const leaf = this.#tree.get(path);
      if (leaf === undefined || leaf === 'directory' || leaf.kind !== 'link') continue;
      this.#put(path, this.#linkTo(path, leaf.target));
    }
  }

  #report({ prefix, name, node }: TreeEntry<Leaf>, draft: Draft): void {
    const isSkipped = node !== 'directory' && node.kind === 'skipped';
    if (isSkipped && !mayNameDirectory(name)) return;
    const path = prefix + name;
    const wanting = this.#wanting(path);
    if (node === 'directory') {
      const { named = [], sniffing = [] } = Object.groupBy(wanting, byContent);
      draft.files.push(...emptied(path, named));
      if (sniffing.length > 0) draft.directories.push(path);
      return;
    }
    if (node.kind === 'other' || wanting.length > 0 || mayNameDirectory(name)) draft.replaced.push(path);
    if (node.kind === 'other') draft.problems.push(...notFollowed(path, wanting));
    if (node.kind === 'link' && wanting.length > 0) draft.links.push({ path, target: node.target });
    if (node.kind !== 'file' || node.reading === 'unwanted') return;
    const isRead = node.reading !== 'unresolved';
    const reading = isRead ? node.reading : this.#read(path, 'unread', wanting);
    draft.files.push(...reading.files);
    draft.problems.push(...reading.problems);
  }
}

/** Scanners that look into a file before they read it want nearly any path, so their directories are kept as bare paths. */
function byContent({ wantsContent }: Scanner): 'named' | 'sniffing' {
  return wantsContent === undefined ? 'named' : 'sniffing';
}

/** What the scanners of those ids read, at another path of the same file. */
function readingAt(path: string, reading: FileReading, ids: ReadonlySet<string>): FileReading {
  const at = <T extends { readonly scanner: string }>(all: readonly T[]): T[] =>
    all.filter(({ scanner }) => ids.has(scanner)).map((one) => ({ ...one, path }));
  return { files: at(reading.files), problems: at(reading.problems) };
}

function isUnresolved(leaf: Leaf | 'directory' | undefined): leaf is Extract<Leaf, { kind: 'file' }> {
  return leaf !== undefined && leaf !== 'directory' && leaf.kind === 'file' && leaf.reading === 'unresolved';
}
