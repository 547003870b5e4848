import { hash } from 'node:crypto';
import type { Advisory, Affected } from '@clair/model';

/**
 * Half a sha256, in the form of a uuid: 128 bits, so that two contents never share one by accident, and nobody can make
 * two that do in less than 2^64 steps. The hashed text is JSON of a list, in which no field can run into the next.
 */
function shortHash(parts: readonly unknown[]): string {
  const hex = hash('sha256', JSON.stringify(parts), 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Identity of what an advisory says in words: everything but its affected rows and its key. */
export function documentHash(advisory: Required<Advisory>): string {
  const { name, description, issued, links, aliases, upstream, cvss, weaknesses } = advisory;
  const later = [upstream, cvss, weaknesses];
  // Absent where they are empty: advisories from before there were such fields keep their identity.
  const said = later.slice(0, later.findLastIndex((list) => list.length > 0) + 1);
  return shortHash([name, description, issued, links, aliases, ...said]);
}

/** Identity of an affected row within its advisory: every field of it. */
export function affectedHash(affected: Affected): string {
  const { range } = affected;
  return shortHash([
    affected.namespace,
    affected.package,
    affected.packageKind,
    affected.scheme,
    [range.introduced ?? '', range.fixed ?? '', range.lastAffected ?? ''],
    affected.status,
    affected.fixState,
    affected.arches,
    affected.module,
    affected.severity,
    affected.normalizedSeverity,
    // Absent where they are empty: rows from before there was such a field keep their identity.
    ...(affected.cpe === '' && affected.bulletin === '' ? [] : [affected.cpe, affected.bulletin]),
  ]);
}

/** Identity of everything an advisory says; the order of its affected rows does not count. */
export function contentHash(document: string, affected: readonly string[]): string {
  return shortHash([document, [...affected].sort()]);
}
