import { buildLayer, type Layer, sha256Digest } from '@clair/testing';

export const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
`;

/** A stanza of dpkg's status file; `source` as it stands in the field of that name. */
export function dpkgStanza(name: string, version: string, source?: string): string {
  const lines = [`Package: ${name}`, 'Status: install ok installed', 'Architecture: amd64', `Version: ${version}`];
  return `${[...lines, ...(source === undefined ? [] : [`Source: ${source}`])].join('\n')}\n`;
}

export function dpkgStatus(...stanzas: readonly string[]): { readonly path: string; readonly content: string } {
  return { path: 'var/lib/dpkg/status', content: stanzas.join('\n') };
}

/** A Debian 12 in one layer that holds the stanzas. */
export function debianLayer(...stanzas: readonly string[]): Layer {
  return buildLayer([{ path: 'etc/os-release', content: OS_RELEASE }, dpkgStatus(...stanzas)]);
}

/** Where the layers of a manifest are to be had. */
export interface LayerPlace {
  blobUrl(digest: string): string;
}

export interface ClairManifest {
  readonly hash: string;
  readonly layers: readonly {
    readonly hash: string;
    readonly uri: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
  }[];
}

/** A manifest as Clair's clients send it; its own digest is made from `name`. */
export function clairManifest(
  name: string,
  digests: readonly string[],
  { blobUrl, authorization }: LayerPlace & { readonly authorization?: string },
): ClairManifest {
  const headers = authorization === undefined ? {} : { Authorization: [authorization] };
  return {
    hash: sha256Digest(name),
    layers: digests.map((digest) => ({ hash: digest, uri: blobUrl(digest), headers })),
  };
}
