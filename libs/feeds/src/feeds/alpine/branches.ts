import { err, ok, type Result } from '@clair/model';
import type { Partition } from '../../feed.ts';

const REPOSITORIES = ['main', 'community'] as const;
/** The first branch that the security database covers. */
const FIRST_MINOR = 3;
/** For a mirror without a listing: branches up to here are asked for, and those that do not exist yet answer 404. */
const LAST_FALLBACK_MINOR = 30;
/** `main` of a branch was 1 MB in 2026. */
const DOCUMENT_BYTES_MAX = 100_000_000;
/** More branches than Alpine will have while anybody runs this. */
const BRANCHES_MAX = 200;

const HREF = /<a\s[^<>]{0,500}?href\s*=\s*["']?([^"'\s>]+)/gi;
const BRANCH = /(?:^|\/)(v[0-9]{1,3}\.[0-9]{1,3}|edge)\/?$/;

/** Both repositories of each branch (`v3.20`, `edge`), in the given order; a repository that a branch does not have is no error. */
export function partitionsOfBranches(base: string, branches: readonly string[]): Partition[] {
  return branches.flatMap((branch) =>
    REPOSITORIES.map((repository) => ({
      name: `${branch}/${repository}`,
      namespaces: [`alpine:${branch}`],
      request: { url: `${base}${branch}/${repository}.json`, bytesMax: DOCUMENT_BYTES_MAX, absentIsFine: true },
    })),
  );
}

/** The branches that a web server's directory listing links to, oldest first. The error says what is wrong with the listing. */
export function branchesOfListing(html: string): Result<readonly string[], string> {
  const branches = new Set<string>();
  for (const [, href = ''] of html.matchAll(HREF)) {
    const branch = BRANCH.exec(href.replace(/[?#].*$/, ''))?.[1];
    if (branch !== undefined) branches.add(branch);
  }
  if (branches.size === 0)
    return err('the listing links to no branch (v3.20/, edge/): is this the address of a security database?');
  if (branches.size > BRANCHES_MAX) return err(`the listing links to ${branches.size} branches`);
  return ok([...branches].sort(compareBranches));
}

export const FALLBACK_BRANCHES: readonly string[] = [
  ...Array.from({ length: LAST_FALLBACK_MINOR - FIRST_MINOR + 1 }, (_, i) => `v3.${FIRST_MINOR + i}`),
  'edge',
];

function compareBranches(a: string, b: string): number {
  const [majorA, minorA] = numbers(a);
  const [majorB, minorB] = numbers(b);
  return majorA - majorB || minorA - minorB;
}

function numbers(branch: string): readonly [number, number] {
  if (branch === 'edge') return [Number.MAX_SAFE_INTEGER, 0];
  const [major = '', minor = ''] = branch.slice(1).split('.');
  return [Number(major), Number(minor)];
}
