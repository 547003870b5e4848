import type { Transaction } from '@clair/postgres';
import { filterCondition, likePattern } from '../subscription/filter-condition.ts';
import type { SubscriptionFilter } from '../subscription/subscription.ts';

/** How many notifications of a set a filter lets through; of one manifest, or (null) of all together. */
export interface Wanted {
  readonly manifest: string | null;
  readonly matched: number;
}

/**
 * A new set, laid out so that each of a thousand subscriptions finds what it wants without reading all of it: equal notifications counted
 * once (`set_kind`), the same by manifest (`set_fact`), and the manifests by label (`set_label`). A thousand filters, each on one of a
 * thousand teams, over 100,000 notifications of 20,000 manifests take 2.2 s; a count over the set for each of them took 123.
 */
export class SetFacts {
  readonly #tx: Transaction;
  readonly #setId: string;

  private constructor(tx: Transaction, setId: string) {
    this.#tx = tx;
    this.#setId = setId;
  }

  /** Of one set at a time: the tables are made anew for the next, and are gone at the end of the transaction. */
  static async of(tx: Transaction, setId: string): Promise<SetFacts> {
    const s = tx.schema;
    await tx.execute('drop table if exists pg_temp.set_fact, pg_temp.set_kind, pg_temp.set_label');
    await tx.execute(
      `create temp table set_fact on commit drop as
       select manifest, reason, severity_rank, fixable, detail, summary_hash, count(*) as notifications
       from ${s}.notification where set_id = '${checkedId(setId)}' group by 1, 2, 3, 4, 5, 6`,
    );
    await tx.execute(
      `create temp table set_kind on commit drop as
       select reason, severity_rank, fixable, detail, summary_hash, sum(notifications) as notifications
       from set_fact group by 1, 2, 3, 4, 5`,
    );
    await tx.execute(
      `create temp table set_label on commit drop as
       select manifest, label.name collate "C" as name, value collate "C" as value
       from ${s}.notified_manifest, jsonb_each(labels) as label (name, list), jsonb_array_elements_text(list) as value
       where set_id = '${checkedId(setId)}'`,
    );
    await tx.execute('create index on set_fact (manifest)');
    await tx.execute('create index on set_label (name, value)');
    await tx.execute('analyze set_fact, set_kind, set_label');
    return new SetFacts(tx, setId);
  }

  /** With `perManifest`, of each manifest that has any; else of all together, or nothing when there are none. */
  async count(
    filter: SubscriptionFilter,
    { perManifest }: { readonly perManifest: boolean },
  ): Promise<readonly Wanted[]> {
    const s = this.#tx.schema;
    const values: unknown[] = [this.#setId];
    const parameter = (value: unknown) => `$${values.push(value)}`;
    const labels = Object.entries(filter.labels);
    const isByManifest = perManifest || labels.length > 0;
    const condition = filterCondition(filter)(s, parameter);
    // What the condition says of labels, where an index answers it.
    const ofLabels = labels.map(
      ([name, glob]) =>
        `n.manifest in (select manifest from set_label where name = ${parameter(name)} and value like ${parameter(likePattern(glob))})`,
    );
    const from = isByManifest
      ? `set_fact n left join ${s}.notified_manifest m on m.set_id = $1 and m.manifest = n.manifest`
      : 'set_kind n';
    return this.#tx.query<Wanted>(
      `select ${perManifest ? 'n.manifest' : 'null::text'} as manifest, sum(n.notifications)::bigint as matched
       from ${from} join ${s}.vulnerability v on v.set_id = $1 and v.summary_hash = n.summary_hash
       where ${[...ofLabels, condition].join(' and ')}
       group by 1 having count(*) > 0`,
      values,
    );
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `create table as` takes no parameters. */
function checkedId(id: string): string {
  if (!UUID.test(id)) throw new TypeError('the id of a set is no UUID');
  return id;
}
