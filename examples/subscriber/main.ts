import { subscribe } from './subscribe.ts';

const [servers = 'nats://127.0.0.1:4222', subject = 'clair.v1.notification.>', durable = 'example'] =
  process.argv.slice(2);
const ended = new AbortController();
process.once('SIGINT', () => ended.abort());

await subscribe({
  servers,
  subject,
  durable,
  signal: ended.signal,
  handle: async ({ subscription, count, notifications, complete, page }) => {
    if (subscription === undefined) return; // The notifier's own event, for those who want all of it.
    process.stdout.write(`${subscription.name}: ${count} notifications${complete ? '' : `, all of them at ${page}`}\n`);
    for (const {
      kind,
      manifest,
      package: { name, version },
      vulnerability,
    } of notifications) {
      const fix = vulnerability.fixed_in_version === '' ? 'no fix' : `fixed in ${vulnerability.fixed_in_version}`;
      process.stdout.write(
        `  ${kind} ${vulnerability.severity} ${vulnerability.name} ${name} ${version} (${fix}) ${manifest}\n`,
      );
    }
  },
});
