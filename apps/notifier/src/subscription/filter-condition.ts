import { SEVERITIES } from '@clair/model';
import type { Condition } from '../store/pages.ts';
import type { SubscriptionFilter } from './subscription.ts';

/** The filter as a question that the database answers where the notifications are, a million at a time. */
export function filterCondition(filter: SubscriptionFilter): Condition {
  return (_, parameter) => {
    const all: string[] = [];
    if (filter.kinds.length > 0) all.push(`n.reason = any (${parameter(filter.kinds)}::text[])`);
    const rank = SEVERITIES.indexOf(filter.minSeverity);
    if (rank > 0) all.push(`n.severity_rank >= ${parameter(rank)}`);
    if (filter.fixableOnly) all.push('n.fixable');
    if (filter.package !== '') all.push(`v.summary->>'packageName' like ${parameter(likePattern(filter.package))}`);
    if (filter.namespace !== '') all.push(`v.summary->>'namespace' like ${parameter(likePattern(filter.namespace))}`);
    for (const [name, glob] of Object.entries(filter.labels)) {
      // A name that the manifest does not have gives no rows.
      all.push(`exists (
        select from jsonb_array_elements_text(m.labels -> ${parameter(name)}::text) value
        where value like ${parameter(likePattern(glob))})`);
    }
    const threshold = parameter(filter.epssThreshold);
    all.push(`(n.reason <> 'epss-raised'
      or ((n.detail->>'epssBefore')::float8 < ${threshold} and (n.detail->>'epssAfter')::float8 >= ${threshold}))`);
    return all.join(' and ');
  };
}

/** `*` and `?` as SQL's wildcards, all else as itself. */
export function likePattern(glob: string): string {
  return glob
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
}
