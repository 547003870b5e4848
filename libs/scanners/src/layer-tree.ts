const NODES_MAX = 2_000_000;

type Directory<Leaf> = Map<string, Directory<Leaf> | Leaf>;

/** What a walk of the tree meets. */
export interface TreeEntry<Leaf> {
  /** The path of the parent with a slash after it; empty in the root. Apart from the name, since most are never joined. */
  readonly prefix: string;
  readonly name: string;
  readonly node: Leaf | 'directory';
}

/**
 * What a layer holds once all its entries are applied in order: a later entry replaces an earlier one of the same
 * path, a non-directory replaces a directory and everything below it, and an entry below a non-directory replaces
 * that by a directory. Each operation costs the depth of its path. The empty path is the root.
 */
export class LayerTree<Leaf extends object> {
  readonly #root: Directory<Leaf> = new Map();
  readonly #nodesMax: number;
  #nodes = 0;
  // Entries of a tar come directory by directory, so the last parent is nearly always the next one. It never goes
  // stale: what replaces a directory is put into that directory's parent, which is the last one from then on.
  #lastParent: { readonly path: string; readonly directory: Directory<Leaf> } | undefined;

  constructor(nodesMax: number = NODES_MAX) {
    this.#nodesMax = nodesMax;
  }

  /** False, and nothing is changed at the path, when the tree is full. */
  put(path: string, leaf: Leaf): boolean {
    const slash = path.lastIndexOf('/');
    const parent = this.#open(path.slice(0, Math.max(slash, 0)));
    const name = path.slice(slash + 1);
    if (parent === undefined || name === '') return false;
    const previous = parent.get(name);
    if (previous === undefined && !this.#grow()) return false;
    parent.set(name, leaf);
    return true;
  }

  /** False when the tree is full. What a directory of that path already holds stays. */
  makeDirectory(path: string): boolean {
    return this.#open(path) !== undefined;
  }

  get(path: string): Leaf | 'directory' | undefined {
    let node: Directory<Leaf> | Leaf | undefined = this.#root;
    for (const name of segments(path)) {
      if (!(node instanceof Map)) return undefined;
      node = node.get(name);
    }
    return node instanceof Map ? 'directory' : node;
  }

  /** All entries but the root, each directory before what it holds. */
  *entries(): Generator<TreeEntry<Leaf>> {
    const open: { readonly prefix: string; readonly directory: Directory<Leaf> }[] = [
      { prefix: '', directory: this.#root },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { prefix } = next;
      for (const [name, node] of next.directory) {
        if (node instanceof Map) open.push({ prefix: `${prefix}${name}/`, directory: node });
        yield { prefix, name, node: node instanceof Map ? 'directory' : node };
      }
    }
  }

  #open(path: string): Directory<Leaf> | undefined {
    if (this.#lastParent?.path === path) return this.#lastParent.directory;
    let directory = this.#root;
    for (const name of segments(path)) {
      const child = directory.get(name);
      if (child instanceof Map) {
        directory = child;
        continue;
      }
      if (child === undefined && !this.#grow()) return undefined;
      const made: Directory<Leaf> = new Map();
      directory.set(name, made);
      directory = made;
    }
    this.#lastParent = { path, directory };
    return directory;
  }

  #grow(): boolean {
    if (this.#nodes >= this.#nodesMax) return false;
    this.#nodes += 1;
    return true;
  }
}

function segments(path: string): readonly string[] {
  return path === '' ? [] : path.split('/');
}
