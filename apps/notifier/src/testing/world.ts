import type { DiffOperationsResponse, Vulnerability, WireAffected, WirePackage } from '@clair/contracts';

/** One affected row with the operations between which it lived. */
export interface WorldRow {
  readonly from: number;
  /** The operation that ended it. */
  readonly to?: number;
  readonly vulnerability: Vulnerability;
}

/** What a fake matcher and a fake indexer know. Plain JSON, so that another process can have the same. */
export interface World {
  readonly operations: readonly {
    readonly id: number;
    readonly feed: string;
    readonly firstLoad: boolean;
    readonly deleted?: boolean;
  }[];
  readonly rows: readonly WorldRow[];
  readonly manifests: Readonly<Record<string, readonly WirePackage[]>>;
  /** What became known of the flaws of a row, and with which operation. */
  readonly risen?: readonly {
    readonly at: number;
    readonly vulnerability: Vulnerability;
    readonly risen: NonNullable<DiffOperationsResponse['risen']>;
  }[];
  /** By manifest: all values given for a name. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Diffs from before this operation are refused. */
  readonly historyFrom?: number;
}

/** A digest that is easy to read in a failing test: `a` repeated. */
export function digestOf(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

/** A binary package of Debian 12, built from a source of the same name and version. */
export function debianPackage(name: string, version: string): WirePackage {
  return {
    name,
    version,
    type: 'deb',
    scheme: 'dpkg',
    namespace: 'debian:12',
    arch: 'amd64',
    module: '',
    cpes: [],
    owner: '',
    source: { name, version },
  };
}

export interface RowFields {
  readonly name?: string;
  readonly feed?: string;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly affected?: Partial<WireAffected>;
  readonly fixed?: string;
}

let nextId = 0;

/** A row about the source package openssl of Debian 12, fixed in 3; `fields` replaces what a test is about. */
export function vulnerability(fields: RowFields = {}): Vulnerability {
  const { name = 'CVE-2024-1', feed = 'debian', fixed = '3', description = `about ${name}`, aliases = [] } = fields;
  nextId += 1;
  return {
    id: nextId,
    feed,
    partition: 'all',
    name,
    description,
    issued: '',
    links: [`https://example.org/${name}`],
    aliases: [...aliases],
    upstream: [],
    cvss: [],
    weaknesses: [],
    affected: {
      namespace: 'debian:12',
      package: 'openssl',
      packageKind: 'source',
      scheme: 'dpkg',
      range: { introduced: '', fixed, lastAffected: '' },
      status: 'affected',
      fixState: fixed === '' ? 'not-fixed' : 'fixed',
      arches: [],
      module: '',
      cpe: '',
      bulletin: '',
      severity: '',
      normalizedSeverity: 'Medium',
      ...fields.affected,
    },
  };
}
