import type { Transaction } from '@clair/postgres';

/**
 * Remembers which namespaces a feed speaks for, each with the operation by which it came to: 0 when none was made, because nothing is
 * known of it yet. What that operation says of it is a first load. Returns how many are new.
 */
export async function claimNamespaces(
  tx: Transaction,
  feed: string,
  claims: { readonly namespaces: ReadonlySet<string>; readonly operation: number },
): Promise<number> {
  if (claims.namespaces.size === 0) return 0;
  return tx.execute(
    `insert into matcher.claimed_namespace (feed, name, operation)
     select $1, unnest($2::text[]), $3 on conflict do nothing`,
    [feed, [...claims.namespaces].sort(), claims.operation],
  );
}
