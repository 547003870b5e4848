import type { TarEntry } from './layer-dsl.ts';
import { NAMED_SCANNERS } from './layer-dsl.ts';

/** A file system node. Regular files carry what they hold and the layer that put them there. */
export type Node = Folder | Regular | { readonly kind: 'special' };
export interface Folder {
  readonly kind: 'folder';
  readonly children: Record<string, Node>;
}
export interface Regular {
  readonly kind: 'regular';
  readonly layer: number;
  /** `unknown`: reached through a hard link to a lower file that no scanner reads, or to nothing. */
  readonly content: Content | 'unknown';
}
export interface Content {
  readonly text: string | 'too-large';
  /** Set for a hard link to a lower layer: the path at which scanners read the bytes. */
  readonly readAt?: string;
}

export function at(root: Folder, path: string): Node | undefined {
  let node: Node | undefined = root;
  for (const name of path.split('/')) node = node?.kind === 'folder' ? node.children[name] : undefined;
  return node;
}

function place(root: Folder, path: string, node: Node): void {
  const names = path.split('/');
  const last = names.pop() ?? '';
  let folder = root;
  for (const name of names) {
    const child = folder.children[name];
    const inside: Folder = child?.kind === 'folder' ? child : { kind: 'folder', children: {} };
    folder.children[name] = inside;
    folder = inside;
  }
  if (node.kind === 'folder' && folder.children[last]?.kind === 'folder') return;
  folder.children[last] = node;
}

/** Every path that a layer's tar puts there, extracted alone. Links to what is not there (yet) wait until the end. */
function extracted(entries: readonly TarEntry[], lower: Folder, layer: number): Folder {
  const root: Folder = { kind: 'folder', children: {} };
  const pending = new Map<Node, string>();
  for (const entry of entries) {
    if (/(^|\/)\.wh\./.test(entry.path)) continue;
    if (entry.kind === 'directory') place(root, entry.path, { kind: 'folder', children: {} });
    if (entry.kind === 'other') place(root, entry.path, { kind: 'special' });
    if (entry.kind === 'big') place(root, entry.path, { kind: 'regular', layer, content: { text: 'too-large' } });
    if (entry.kind === 'file') place(root, entry.path, { kind: 'regular', layer, content: { text: entry.text } });
    if (entry.kind === 'hardlink') {
      const end = endOfLinks(entry.target, root, pending);
      const target = at(root, end);
      const isThere = target !== undefined && target.kind !== 'folder' && !pending.has(target);
      // A fresh object each time, so that the link can be told from its target.
      const link: Node = isThere ? { ...target } : { kind: 'special' };
      if (!isThere) pending.set(link, end);
      place(root, entry.path, link);
    }
  }
  settle({ root, pending, lower, layer });
  return root;
}

function endOfLinks(from: string, root: Folder, pending: ReadonlyMap<Node, string>): string {
  let path = from;
  for (let hops = 0; hops < 64; hops += 1) {
    const node = at(root, path);
    const onwards = node === undefined ? undefined : pending.get(node);
    if (onwards === undefined) return path;
    path = onwards;
  }
  return path;
}

function settle(o: { root: Folder; pending: ReadonlyMap<Node, string>; lower: Folder; layer: number }): void {
  const final: [string, Node][] = [];
  for (const [path, node] of allPaths(o.root)) {
    const target = o.pending.get(node);
    if (target === undefined) continue;
    const end = endOfLinks(target, o.root, o.pending);
    const own = at(o.root, end);
    if (own !== undefined && own.kind !== 'folder' && !o.pending.has(own)) final.push([path, { ...own }]);
    else final.push([path, { kind: 'regular', layer: o.layer, content: lowerContent(path, end, o.lower) }]);
  }
  for (const [path, node] of final) place(o.root, path, node);
}

/** Reports hold what scanners read, not bytes: a link to a lower file is known if its own scanner read that file. */
function lowerContent(link: string, target: string, lower: Folder): Regular['content'] {
  const node = at(lower, target);
  // No file system has a hard link to a directory; a report says of one that stands for a file that it holds nothing.
  const content = node?.kind === 'folder' ? { text: '' } : node?.kind === 'regular' ? node.content : 'unknown';
  if (content === 'unknown') return 'unknown';
  const { readAt = target } = content;
  const isRead = NAMED_SCANNERS.some((one) => one.wants(link) && one.wants(target) && one.wants(readAt));
  return isRead ? { text: content.text, readAt } : 'unknown';
}

export function* allPaths(folder: Folder, prefix = ''): Generator<[string, Node]> {
  for (const [name, node] of Object.entries(folder.children)) {
    yield [prefix + name, node];
    if (node.kind === 'folder') yield* allPaths(node, `${prefix}${name}/`);
  }
}

function copied(folder: Folder): Folder {
  const copies = Object.entries(folder.children).map(([name, node]): [string, Node] => [
    name,
    node.kind === 'folder' ? copied(node) : node,
  ]);
  return { kind: 'folder', children: Object.fromEntries(copies) };
}

function withoutHidden(lower: Folder, entries: readonly TarEntry[]): Folder {
  const copy = copied(lower);
  for (const { path } of entries) {
    const [, parent = '', name = ''] = /^(?:(.*)\/)?\.wh\.([^/]+)$/.exec(path) ?? [];
    if (name === '') continue;
    const folder = parent === '' ? copy : at(copy, parent);
    if (folder?.kind !== 'folder') continue;
    if (name === '.wh..opq') for (const child of Object.keys(folder.children)) delete folder.children[child];
    else delete folder.children[name];
  }
  return copy;
}

function merged(lower: Node | undefined, upper: Node): Node {
  if (upper.kind !== 'folder' || lower?.kind !== 'folder') return upper;
  const children: Record<string, Node> = { ...lower.children };
  for (const [name, node] of Object.entries(upper.children)) children[name] = merged(children[name], node);
  return { kind: 'folder', children };
}

/** The file system after each layer: the naive overlay that the code under test is measured by. */
export function flattened(stack: readonly (readonly TarEntry[])[]): Folder[] {
  let root: Folder = { kind: 'folder', children: {} };
  return stack.map((entries, layer) => {
    const upper = extracted(entries, root, layer);
    const both = merged(withoutHidden(root, entries), upper);
    if (both.kind === 'folder') root = both;
    return root;
  });
}
