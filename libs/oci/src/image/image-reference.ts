import { type Digest, err, ok, parseDigest, type Result } from '@clair/model';

/** Where an image is. */
export type ImageReference =
  | RegistryReference
  | {
      readonly kind: 'oci-layout';
      readonly directory: string;
      readonly tag: string | undefined;
      readonly digest: Digest | undefined;
    }
  /** `index` counts the images of the archive from 0. */
  | { readonly kind: 'docker-archive'; readonly file: string; readonly index: number | undefined }
  | { readonly kind: 'directory'; readonly directory: string };

/** An image of a registry. */
export interface RegistryReference {
  readonly kind: 'registry';
  /** `docker.io`, `registry.example.com:5000`. */
  readonly registry: string;
  readonly repository: string;
  /** `latest` when the text gives neither tag nor digest. */
  readonly tag: string | undefined;
  /** Decides when both are given. */
  readonly digest: Digest | undefined;
}

/** A text that names no image; the user's to correct. */
export interface ReferenceError {
  readonly kind: 'bad-reference';
  readonly message: string;
}

const REPOSITORY_CHARS_MAX = 255;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/;

/**
 * Reads `[registry/]repository[:tag][@digest]` (Docker Hub and `latest` by default), `oci:DIR[:TAG]`, `oci:DIR@DIGEST`,
 * `docker-archive:FILE[:@INDEX]` or `dir:PATH`.
 * @see https://github.com/distribution/reference, the grammar of registry references
 */
export function parseReference(text: string): Result<ImageReference, ReferenceError> {
  const transport = /^(oci|docker-archive|dir|docker):(.*)$/s.exec(text);
  const rest = transport?.[2] ?? '';
  switch (transport?.[1]) {
    case 'oci':
      return parseLayout(rest, text);
    case 'docker-archive':
      return parseArchive(rest, text);
    case 'dir':
      return rest === '' ? bad(text, 'the directory is missing') : ok({ kind: 'directory', directory: rest });
    case 'docker':
      return rest.startsWith('//') ? parseRegistry(rest.slice(2), text) : parseRegistry(text, text);
    default:
      return parseRegistry(text, text);
  }
}

/** The reference as a person writes it; parses to the same again. */
export function formatReference(reference: ImageReference): string {
  switch (reference.kind) {
    case 'registry': {
      const { registry, repository, tag, digest } = reference;
      return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
    }
    case 'oci-layout': {
      const { directory, tag, digest } = reference;
      return `oci:${directory}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
    }
    case 'docker-archive':
      return `docker-archive:${reference.file}${reference.index === undefined ? '' : `:@${reference.index}`}`;
    case 'directory':
      return `dir:${reference.directory}`;
  }
}

function parseLayout(rest: string, text: string): Result<ImageReference, ReferenceError> {
  const named = splitDigest(rest, text);
  if (!named.ok) return named;
  const { name, digest } = named.value;
  // The part after the last colon is a tag unless a path goes on in it; tags of layouts may hold what others may not.
  const match = digest === undefined ? /^(.+):([^/:]+)$/s.exec(name) : null;
  const directory = match?.[1] ?? name;
  if (directory === '') return bad(text, 'the directory is missing');
  return ok({ kind: 'oci-layout', directory, tag: match?.[2], digest });
}

function parseArchive(rest: string, text: string): Result<ImageReference, ReferenceError> {
  const match = /^(.+):@([0-9]{1,4})$/s.exec(rest);
  const file = match?.[1] ?? rest;
  if (file === '') return bad(text, 'the file is missing');
  return ok({ kind: 'docker-archive', file, index: match?.[2] === undefined ? undefined : Number(match[2]) });
}

function parseRegistry(body: string, text: string): Result<RegistryReference, ReferenceError> {
  const named = splitDigest(body, text);
  if (!named.ok) return named;
  const { digest } = named.value;
  const { name, tag } = splitTag(named.value.name);
  if (tag !== undefined && !TAG.test(tag)) return bad(text, `${JSON.stringify(tag)} is no tag`);
  const { registry, path } = splitRegistry(name);
  if (!HOST.test(registry)) return bad(text, `${JSON.stringify(registry)} is no registry host`);
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (path === '') return bad(text, 'the repository is missing');
  if (repository.length > REPOSITORY_CHARS_MAX)
    return bad(text, `the repository is longer than ${REPOSITORY_CHARS_MAX} characters`);
  if (!repository.split('/').every((component) => COMPONENT.test(component))) {
    return bad(text, `${JSON.stringify(path)} is no repository name (lower case, digits, ".", "_", "-", "/")`);
  }
  return ok({
    kind: 'registry',
    registry,
    repository,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
    digest,
  });
}

function splitDigest(
  text: string,
  whole: string,
): Result<{ name: string; digest: Digest | undefined }, ReferenceError> {
  const at = text.lastIndexOf('@');
  // A path may hold an `@`; what follows it is a digest only if it looks like one.
  if (at < 0 || !/^@[A-Za-z0-9_+.-]+:[0-9a-fA-F]+$/.test(text.slice(at))) return ok({ name: text, digest: undefined });
  const digest = parseDigest(text.slice(at + 1));
  if (!digest.ok) return bad(whole, `${JSON.stringify(text.slice(at + 1))} is no sha256 or sha512 digest`);
  return ok({ name: text.slice(0, at), digest: digest.value });
}

/** A colon before the last slash belongs to the port of the registry. */
function splitTag(name: string): { readonly name: string; readonly tag: string | undefined } {
  const colon = name.lastIndexOf(':');
  if (colon <= name.lastIndexOf('/')) return { name, tag: undefined };
  return { name: name.slice(0, colon), tag: name.slice(colon + 1) };
}

/** As Docker decides: the first component is a host if it has a dot, a port, an upper-case letter, or is `localhost`. */
function splitRegistry(name: string): { readonly registry: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  if (slash < 0 || !isHost) return { registry: 'docker.io', path: name };
  const registry = first.toLowerCase();
  const isHub = registry === 'index.docker.io' || registry === 'registry-1.docker.io';
  return { registry: isHub ? 'docker.io' : registry, path: name.slice(slash + 1) };
}

function bad(text: string, reason: string): { readonly ok: false; readonly error: ReferenceError } {
  return err({
    kind: 'bad-reference',
    message: `${JSON.stringify(text.slice(0, 300))} is no image reference: ${reason}`,
  });
}
