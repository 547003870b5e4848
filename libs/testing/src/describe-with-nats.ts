import { describe, inject, test } from 'vitest';

/** The NATS server of this test run; only within {@link describeWithNats}. */
export function natsUrl(): string {
  const url = inject('natsUrl');
  if (url === undefined) throw new Error('this test run has no NATS: use describeWithNats');
  return url;
}

/** `describe` for suites that need NATS: where there is none they show as skipped, with the reason in their name. */
export function describeWithNats(name: string, suite: () => void): void {
  if (inject('natsUrl') === undefined) {
    describe.skip(`${name} (skipped: no nats-server; run "node tools/test-services.ts")`, () =>
      test('needs NATS', () => undefined));
    return;
  }
  describe(name, suite);
}
