import { WireSubscription } from '@clair/contracts';
import { expect, it } from 'vitest';
import { parseSubscription } from './parse.ts';

const WEBHOOK = { target: { $case: 'webhookUrl', value: 'https://example.org/hook' } } as const;
type Fields = Parameters<typeof WireSubscription.fromPartial>[0];

const parse = (fields: Fields) =>
  parseSubscription(WireSubscription.fromPartial({ name: 'team-a', target: WEBHOOK, ...fields }));

it('reads the least there can be', () => {
  expect(parse({})).toEqual({
    ok: true,
    value: {
      name: 'team-a',
      target: { kind: 'webhook', url: 'https://example.org/hook' },
      filter: {
        kinds: [],
        minSeverity: 'Unknown',
        fixableOnly: false,
        package: '',
        namespace: '',
        labels: {},
        epssThreshold: 0.5,
      },
      digest: undefined,
      disabled: false,
    },
  });
});

it('reads a subject', () => {
  const subject = { target: { $case: 'natsSubject', value: 'clair.v1.notification.team-a' } } as const;
  expect(parse({ target: subject })).toMatchObject({
    ok: true,
    value: { target: { kind: 'nats', subject: 'clair.v1.notification.team-a' } },
  });
});

const webhook = (value: string): Fields => ({ target: { target: { $case: 'webhookUrl', value } } });
const nats = (value: string): Fields => ({ target: { target: { $case: 'natsSubject', value } } });

it.each<[string, Fields, RegExp]>([
  ['no name', { name: '' }, /^name: must be 1 to 100/],
  ['a name with a space', { name: 'a b' }, /^name: /],
  ['the name of the built-in one', { name: 'notifier.webhook' }, /^name: is that of the built-in subscription$/],
  ['no target', { target: undefined }, /^target: must be a webhook or a NATS subject$/],
  ['a file', webhook('file:///etc/passwd'), /^target.webhook.url: must be an http or https URL$/],
  ['credentials', webhook('https://me:secret@example.org/'), /^target.webhook.url: must not hold a user name/],
  ['a long URL', webhook(`https://example.org/${'x'.repeat(2048)}`), /at most 2048/],
  ['our own event', nats('clair.v1.notification.created'), /^target.nats.subject: /],
  ['an event of another service', nats('clair.v1.advisories.changed'), /^target.nats.subject: /],
  ['a wildcard', nats('clair.v1.notification.*'), /^target.nats.subject: /],
  ['two tokens', nats('clair.v1.notification.a.b'), /^target.nats.subject: /],
  ['an unknown kind', { filter: { kinds: ['added', 'lost'] } }, /^filter.kinds\[1\]: must be one of added, removed/],
  ['an unknown severity', { filter: { minSeverity: 'grave' } }, /^filter.min_severity: /],
  ['a threshold between', { filter: { epssThreshold: 0.25 } }, /^filter.epss_threshold: /],
  ['a threshold that is no number', { filter: { epssThreshold: Number.NaN } }, /^filter.epss_threshold: /],
  ['a threshold above 1', { filter: { epssThreshold: 1.1 } }, /^filter.epss_threshold: /],
  ['a long glob', { filter: { package: '*'.repeat(201) } }, /^filter.package: /],
  [
    'many labels',
    { filter: { labels: Object.fromEntries([...'abcdefghijklmnopq'].map((c) => [c, c])) } },
    /^filter.labels: /,
  ],
  ['a short window', { digest: { windowSeconds: 59, perManifest: false } }, /^digest.window: /],
  ['a long window', { digest: { windowSeconds: 604_801, perManifest: false } }, /^digest.window: /],
  ['two mistakes', { name: '', filter: { minSeverity: 'grave' } }, /^name: .*; filter.min_severity: /],
])('refuses %s', (_, fields, problem) => {
  const parsed = parse(fields);
  expect(parsed.ok ? '' : parsed.error).toMatch(problem);
});
