import { AckPolicy, connect, DeliverPolicy } from 'nats';

const STREAM = 'CLAIR';
/** Nothing more comes: the run has settled. */
const QUIET_MS = 2000;

/** Deliveries that a subscriber of NATS gets who comes only now: all messages of the subject that the stream holds. */
export async function busMessages(servers: string, subject: string): Promise<readonly string[]> {
  const connection = await connect({ servers });
  try {
    const manager = await connection.jetstreamManager();
    const durable = 'faults-bench';
    await manager.consumers.add(STREAM, {
      durable_name: durable,
      filter_subject: subject,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
    });
    const consumer = await connection.jetstream().consumers.get(STREAM, durable);
    const ids: string[] = [];
    for (;;) {
      const message = await consumer.next({ expires: QUIET_MS });
      if (message === null) return ids;
      ids.push(message.json<{ readonly data: { readonly delivery_id: string } }>().data.delivery_id);
      message.ack();
    }
  } finally {
    await connection.close();
  }
}
