import { NOTIFICATION_KINDS, type WireSubscription } from '@clair/contracts';
import { SEVERITIES } from '@clair/model';
import { parseDuration } from '@clair/service-kit';
import { type Static, Type } from 'typebox';

const strict = { additionalProperties: false } as const;

/** What a subscriber asks for. */
export const SubscriptionBody = Type.Object(
  {
    name: Type.String({ description: 'unique: letters, digits, ".", "_" and "-"' }),
    target: Type.Object(
      {
        webhook: Type.Optional(
          Type.Object({ url: Type.String({ description: 'posts to it are signed: Standard Webhooks 1.0' }) }, strict),
        ),
        nats: Type.Optional(
          Type.Object({ subject: Type.String({ description: '`clair.v1.notification.<token>`' }) }, strict),
        ),
      },
      { ...strict, description: 'one of both' },
    ),
    filter: Type.Optional(
      Type.Object(
        {
          kinds: Type.Optional(
            Type.Array(Type.String({ description: NOTIFICATION_KINDS.join(', ') }), { description: 'default: all' }),
          ),
          min_severity: Type.Optional(Type.String({ description: SEVERITIES.join(', ') })),
          fixable_only: Type.Optional(Type.Boolean()),
          package: Type.Optional(Type.String({ description: 'glob over the name that the advisory has' })),
          namespace: Type.Optional(Type.String({ description: 'glob: `debian:*`' })),
          labels: Type.Optional(
            Type.Record(Type.String(), Type.String(), {
              description: 'by name a glob; all of them, as given when the image was indexed',
            }),
          ),
          epss_threshold: Type.Optional(Type.Number({ description: 'for `epss-raised`: 0.1, 0.2, … 1; default 0.5' })),
        },
        strict,
      ),
    ),
    digest: Type.Optional(
      Type.Object(
        {
          window: Type.String({ description: '`1m` to `168h`; windows are cut by the clock' }),
          per: Type.Union([Type.Literal('all'), Type.Literal('manifest')]),
        },
        { ...strict, description: 'absent: a message as soon as a feed has changed' },
      ),
    ),
    disabled: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const SubscriptionV2 = Type.Object({
  id: Type.String(),
  built_in: Type.Boolean({ description: 'the webhook of the configuration' }),
  disabled_reason: Type.String({ description: 'empty unless disabled' }),
  created_at: Type.String({ description: 'RFC 3339; empty for the built-in one' }),
  ...SubscriptionBody.properties,
});

/** What is read of an error of the validator. */
interface BodyError {
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Says which property there is not; the validator's own words leave that out. */
export function bodyProblem([first]: readonly BodyError[], where: string): Error {
  const at = `${where}${first?.instancePath ?? ''}`;
  const unknown = first?.params.additionalProperty;
  if (typeof unknown === 'string') return new Error(`${at}: there is no property ${JSON.stringify(unknown)}`);
  return new Error(`${at} ${first?.message ?? 'cannot be read'}`);
}

/** A body that passed its schema as the message that is checked in one place, whichever way it came. */
export function subscriptionFromJson(body: Static<typeof SubscriptionBody>, id: string): WireSubscription {
  const { name, target, filter = {}, digest, disabled = false } = body;
  const url = target.webhook?.url;
  const subject = target.nats?.subject;
  const one = url === undefined ? subject : subject === undefined ? url : undefined;
  return {
    id,
    name,
    target:
      one === undefined
        ? undefined
        : {
            target: url === undefined ? { $case: 'natsSubject', value: one } : { $case: 'webhookUrl', value: one },
          },
    filter: {
      kinds: filter.kinds ?? [],
      minSeverity: filter.min_severity ?? '',
      fixableOnly: filter.fixable_only ?? false,
      package: filter.package ?? '',
      namespace: filter.namespace ?? '',
      labels: filter.labels ?? {},
      epssThreshold: threshold(filter.epss_threshold),
    },
    digest: digest && { windowSeconds: windowSeconds(digest.window), perManifest: digest.per === 'manifest' },
    disabled,
    disabledReason: '',
    createdAt: '',
    builtIn: false,
  };
}

/** 0 is how a message says that there is none: who writes 0 would get the default instead of an answer. */
function threshold(written: number | undefined): number {
  if (written === undefined) return 0;
  return written === 0 ? Number.NaN : written;
}

/** 0, which the check refuses, for what is no duration. */
function windowSeconds(text: string): number {
  const ms = parseDuration(text);
  return ms.ok ? Math.floor(ms.value / 1000) : 0;
}

function windowText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

export function subscriptionToJson(wire: WireSubscription): Static<typeof SubscriptionV2> {
  const { target, filter, digest } = wire;
  return {
    id: wire.id,
    name: wire.name,
    built_in: wire.builtIn,
    disabled: wire.disabled,
    disabled_reason: wire.disabledReason,
    created_at: wire.createdAt,
    target:
      target?.target?.$case === 'natsSubject'
        ? { nats: { subject: target.target.value } }
        : { webhook: { url: target?.target?.value ?? '' } },
    filter: {
      kinds: [...(filter?.kinds ?? [])],
      min_severity: filter?.minSeverity || 'Unknown',
      fixable_only: filter?.fixableOnly ?? false,
      package: filter?.package ?? '',
      namespace: filter?.namespace ?? '',
      labels: filter?.labels ?? {},
      // The built-in one has none.
      ...(filter?.epssThreshold && { epss_threshold: filter.epssThreshold }),
    },
    ...(digest && {
      digest: { window: windowText(digest.windowSeconds), per: digest.perManifest ? 'manifest' : 'all' },
    }),
  };
}
