import { type Matched, subscribe } from './subscribe.ts';

const [servers = 'nats://127.0.0.1:4222', subject = 'clair.v1.notification.>', durable = 'example'] =
  process.argv.slice(2);
const ended = new AbortController();
process.once('SIGINT', () => ended.abort());

try {
  await subscribe({ servers, subject, durable, signal: ended.signal, handle: print });
} catch (error) {
  // The address may hold a password.
  const place = servers.replace(/^([a-z]+:\/\/)?[^@/]*@/, '$1');
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`cannot have the messages of ${subject} from ${place}: ${reason}\n`);
  process.exitCode = 1;
}

async function print({ subscription, count, notifications, complete, page }: Matched): Promise<void> {
  if (subscription === undefined) return; // The notifier's own event, for those who want all of it.
  process.stdout.write(`${subscription.name}: ${count} notifications${complete ? '' : `, all of them at ${page}`}\n`);
  for (const { kind, manifest, package: component, vulnerability } of notifications) {
    const fix = vulnerability.fixed_in_version === '' ? 'no fix' : `fixed in ${vulnerability.fixed_in_version}`;
    process.stdout.write(
      `  ${kind} ${vulnerability.severity} ${vulnerability.name} ${component.name} ${component.version} (${fix}) ${manifest}\n`,
    );
  }
}
