import { Type } from 'typebox';
import { block, deprecated, optionalText, optionalTexts } from './schema-fields.ts';

// Blocks of Clair's config that load but do nothing here. Their keys are checked all the same, so that a misspelt one
// is found before somebody goes back to Clair with the file.

const clientTls = Type.Optional(
  block({ root_ca: optionalText('PEM file.'), cert: optionalText('PEM file.'), key: optionalText('PEM file.') }),
);
const flagOption = Type.Optional(Type.Boolean());

/** Clair's AMQP delivery. */
export const amqp = block(
  {
    direct: flagOption,
    rollup: Type.Optional(Type.Integer({ minimum: 0 })),
    exchange: Type.Optional(
      block({
        name: optionalText('Name of the exchange.'),
        type: optionalText('Type of the exchange.'),
        durability: flagOption,
        auto_delete: flagOption,
      }),
    ),
    routing_key: optionalText('Routing key.'),
    callback: optionalText('Base URL of the notification API.'),
    uris: optionalTexts('Brokers.', { secret: true }),
    tls: clientTls,
  },
  deprecated({ instead: 'not delivered to; use notifier.webhook or notifier.nats' }),
);

/** Clair's STOMP delivery. */
export const stomp = block(
  {
    direct: flagOption,
    rollup: Type.Optional(Type.Integer({ minimum: 0 })),
    destination: optionalText('Queue or topic.'),
    callback: optionalText('Base URL of the notification API.'),
    uris: optionalTexts('Brokers, `host:port`.'),
    tls: clientTls,
    user: Type.Optional(
      block({ login: optionalText('User name.'), passcode: optionalText('Password.', { secret: true }) }),
    ),
  },
  deprecated({ instead: 'not delivered to; use notifier.webhook or notifier.nats' }),
);

const stringMap = Type.Optional(Type.Record(Type.String(), Type.String({ clairSecret: true })));
const compression = Type.Optional(Type.Enum(['', 'none', 'gzip']));

const otlpHttp = block({
  url_path: optionalText('Path of the collector.'),
  compression,
  endpoint: optionalText('host:port of the collector.'),
  headers: stringMap,
  insecure: flagOption,
  timeout: optionalText('Longest time for one batch.', { form: 'duration' }),
  client_tls: clientTls,
});

const otlpGrpc = block({
  reconnect: optionalText('Time between attempts to connect.', { form: 'duration' }),
  service_config: optionalText('gRPC service config, JSON.'),
  compression,
  endpoint: optionalText('host:port of the collector.'),
  headers: stringMap,
  insecure: flagOption,
  timeout: optionalText('Longest time for one batch.', { form: 'duration' }),
  client_tls: clientTls,
});

const otlp = Type.Optional(block({ http: Type.Optional(otlpHttp), grpc: Type.Optional(otlpGrpc) }));

const jaeger = block({
  agent: Type.Optional(block({ endpoint: optionalText('host:port of the agent.') })),
  collector: Type.Optional(
    block({
      endpoint: optionalText('URL of the collector.'),
      username: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      password: Type.Optional(Type.Union([Type.String({ clairSecret: true }), Type.Null()])),
    }),
  ),
  service_name: optionalText('Name of this process.'),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
  buffer_max: Type.Optional(Type.Integer({ minimum: 0 })),
});

/** Clair's tracing block. */
export const trace = block({
  name: Type.Optional(Type.Enum(['', 'jaeger', 'otlp', 'sentry', 'stdout'])),
  probability: Type.Optional(Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()])),
  jaeger: Type.Optional(jaeger),
  otlp,
  sentry: Type.Optional(
    block({ dsn: optionalText('Sentry DSN.', { secret: true }), environment: optionalText('Environment.') }),
  ),
});

/** Clair's metrics block. */
export const metrics = block({
  name: Type.Enum(['', 'prometheus', 'otlp', 'stdout'], {
    description: 'Only prometheus is served, whatever is said here.',
    default: 'prometheus',
  }),
  prometheus: block({
    endpoint: Type.String({ description: 'Path of the metrics on the introspection address.', default: '/metrics' }),
  }),
  otlp,
});
