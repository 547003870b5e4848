import type { Database } from '@clair/postgres';

/** What must not depend on faults. Sets of operations that are notified together differ, so facts are compared, not their ids. */
export interface Collected {
  /** What is said of a manifest. */
  readonly notifications: ReadonlySet<string>;
  /** The same, by subscription: what it was owed and is delivered. */
  readonly deliveries: ReadonlySet<string>;
  /** The same, by what arrived: posts at webhooks, and messages in the stream of NATS. */
  readonly received: ReadonlySet<string>;
  /** Notifications of a database that are there more than once. */
  readonly repeated: number;
  /** Posts and messages beyond the first of each delivery. */
  readonly twice: number;
}

/** A delivery that arrived at the target of a subscription. */
export interface Arrival {
  /** The subscription's name. */
  readonly name: string;
  /** The delivery's. */
  readonly id: string;
}

const FACT = `concat_ws(' ', n.reason, v.summary->>'name', v.summary->>'packageName', v.summary->>'namespace', v.summary->>'severity',
  n.package_version, n.manifest)`;

export async function collectFacts(db: Database, arrivals: readonly Arrival[]): Promise<Collected> {
  const said = await db.query<{ readonly fact: string }>(
    `select ${FACT} as fact from notifier.notification n join notifier.vulnerability v using (set_id, summary_hash)`,
  );
  const owed = await db.query<{ readonly id: string; readonly name: string; readonly fact: string }>(
    `select d.id, s.name, ${FACT} as fact from notifier.delivery d
       join notifier.subscription s on s.id = d.subscription_id
       join notifier.delivered_set ds on ds.delivery_id = d.id
       join notifier.notification n on n.set_id = ds.set_id
       join notifier.vulnerability v on v.set_id = n.set_id and v.summary_hash = n.summary_hash
     where d.state = 'delivered' and (s.name <> 'severe' or n.severity_rank >= 4) and (s.name <> 'gone' or n.reason = 'removed')`,
  );
  const arrived = new Set(arrivals.map(({ name, id }) => `${name} ${id}`));
  return {
    notifications: new Set(said.map(({ fact }) => fact)),
    deliveries: new Set(owed.map(({ name, fact }) => `${name} ${fact}`)),
    received: new Set(
      owed.filter(({ name, id }) => arrived.has(`${name} ${id}`)).map(({ name, fact }) => `${name} ${fact}`),
    ),
    repeated: said.length - new Set(said.map(({ fact }) => fact)).size,
    twice: arrivals.length - arrived.size,
  };
}

/** Lines that name each kind of difference, with an example; none when the runs agree. */
export function compareRuns(calm: Collected, disturbed: Collected): readonly string[] {
  return [
    ...differences('notifications', calm.notifications, disturbed.notifications),
    ...differences('deliveries', calm.deliveries, disturbed.deliveries),
    ...differences('received', calm.received, disturbed.received),
    ...(disturbed.repeated === calm.repeated ? [] : [`${disturbed.repeated} notifications are there twice`]),
    ...(calm.notifications.size > 0 && calm.received.size > 0 ? [] : ['nothing was notified: the load is wrong']),
  ];
}

function differences(what: string, calm: ReadonlySet<string>, disturbed: ReadonlySet<string>): readonly string[] {
  const missing = [...calm].filter((fact) => !disturbed.has(fact));
  const surplus = [...disturbed].filter((fact) => !calm.has(fact));
  return [
    ...(missing.length === 0 ? [] : [`${what}: ${missing.length} missing, such as ${missing[0]}`]),
    ...(surplus.length === 0 ? [] : [`${what}: ${surplus.length} too many, such as ${surplus[0]}`]),
  ];
}
