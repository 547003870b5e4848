import { err, ok, type Result } from '@clair/model';
import { SaxesParser } from 'saxes';
import type { FetchRequest } from '../../feed.ts';

/** A file of a repository, as its index names it. */
export interface RepositoryFile {
  /** Relative to the repository's address. */
  readonly path: string;
  /** Of the file as it is transferred. */
  readonly checksum: NonNullable<FetchRequest['checksum']>;
}

type Algorithm = RepositoryFile['checksum']['algorithm'];

/** `sha` is what older tools call SHA-1. */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['sha', 'sha1'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha512', 'sha512'],
]);
const HEX_DIGITS = { sha1: 40, sha256: 64, sha512: 128 } as const satisfies Record<Algorithm, number>;

const RELATIVE_PATH = /^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[\w./+~-]{1,500}$/;

interface Draft {
  type: string;
  href: string;
  checksumType: string;
  checksum: string;
}

/**
 * The file of a kind (`updateinfo`) in a repository's `repomd.xml`; `undefined` when the repository has none. The error says what of the
 * document does not read, or that the file has no checksum that can be verified: such a file is not used.
 * @see https://github.com/rpm-software-management/createrepo_c
 */
export function readRepomd(text: string, kind: string): Result<RepositoryFile | undefined, string> {
  const drafts = readData(text);
  if (!drafts.ok) return drafts;
  const draft = drafts.value.find((each) => each.type === kind);
  if (draft === undefined) return ok(undefined);
  if (!RELATIVE_PATH.test(draft.href))
    return err(`the address of ${kind} is ${JSON.stringify(draft.href.slice(0, 100))}`);
  const algorithm = ALGORITHMS.get(draft.checksumType);
  const hex = draft.checksum.trim().toLowerCase();
  if (algorithm === undefined || !/^[0-9a-f]+$/.test(hex) || hex.length !== HEX_DIGITS[algorithm])
    return err(
      `the checksum of ${kind} is not one that can be verified: ${JSON.stringify(draft.checksumType.slice(0, 100))}`,
    );
  return ok({ path: draft.href, checksum: { algorithm, hex } });
}

function readData(text: string): Result<readonly Draft[], string> {
  const drafts: Draft[] = [];
  const path: string[] = [];
  let problem: string | undefined;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    problem ??= `the repository index is not well-formed XML, at ${error.message}`;
  });
  parser.on('doctype', () => {
    problem ??= 'the repository index has a document type declaration';
  });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    const at = path.join('/');
    const draft = drafts.at(-1);
    if (path.length === 1 && name !== 'repomd')
      problem ??= `the document is no repository index, but <${name.slice(0, 100)}>`;
    else if (at === 'repomd/data')
      drafts.push({ type: attributes.type ?? '', href: '', checksumType: '', checksum: '' });
    else if (at === 'repomd/data/location' && draft !== undefined) draft.href = attributes.href ?? '';
    else if (at === 'repomd/data/checksum' && draft !== undefined) draft.checksumType = attributes.type ?? '';
  });
  parser.on('text', (piece) => {
    const draft = drafts.at(-1);
    if (draft !== undefined && path.join('/') === 'repomd/data/checksum') draft.checksum += piece;
  });
  parser.on('closetag', () => {
    path.pop();
  });
  parser.write(text).close();
  return problem === undefined ? ok(drafts) : err(problem);
}
