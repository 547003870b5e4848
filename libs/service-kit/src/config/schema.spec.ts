import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { configJsonSchema, redactConfig } from './check-config.ts';
import { readConfigValue } from './read-config.ts';
import { configSchemaNode } from './schema.ts';
import { keyPath, type SchemaNode } from './schema-node.ts';

const KEYWORDS = new Set([
  ...['type', 'description', 'default', 'properties', 'patternProperties', 'required', 'items', 'enum', 'anyOf'],
  ...['minimum', 'maximum', 'minLength', 'minItems', 'additionalProperties'],
  ...['clairForm', 'clairSecret', 'clairDeprecated'],
]);

function* nodes(node: SchemaNode, at = ''): Generator<[string, SchemaNode]> {
  yield [at, node];
  const members = { ...node.properties, ...node.patternProperties, ...(node.items && { '[]': node.items }) };
  for (const [key, member] of Object.entries(members)) yield* nodes(member, keyPath(at, key));
  for (const [index, member] of (node.anyOf ?? []).entries()) yield* nodes(member, `${at}|${index}`);
}

describe('the schema of the config', () => {
  it('uses only the keywords that the reader knows', () => {
    const unknown = [...nodes(configSchemaNode)].flatMap(([at, node]) =>
      Object.keys(node)
        .filter((keyword) => !KEYWORDS.has(keyword))
        .map((keyword) => `${at} ${keyword}`),
    );
    expect(unknown).toEqual([]);
  });

  it('describes every key that has a default', () => {
    const silent = [...nodes(configSchemaNode)].filter(([, node]) => node.default !== undefined && !node.description);
    expect(silent.map(([at]) => at)).toEqual([]);
  });

  it('has defaults that pass its own checks', () => {
    const first = readConfigValue({});
    const second = first.ok ? readConfigValue(JSON.parse(JSON.stringify(first.value.config))) : first;
    expect(second).toEqual(first);
  });

  it('is a JSON schema that other validators take', () => {
    const validate = new Ajv({ strict: false }).compile({ ...Object(configJsonSchema()), $schema: undefined });
    const reading = readConfigValue({});
    expect(reading.ok && validate(reading.value.config)).toBe(true);
    expect(validate({ indexr: {} })).toBe(false);
  });
});

describe('redactConfig', () => {
  it('shows everything but secrets', () => {
    const reading = readConfigValue({
      indexer: {
        connstring: 'postgres://clair:hunter2@db/clair',
        scanner: { repo: { x: { api_token: 'hunter2', n: 1 } } },
      },
      matcher: { connstring: "host=db password='hunter2 x' user=clair" },
      auth: { psk: { key: 'aHVudGVyMg==', keys: ['aHVudGVyMg=='], iss: ['quay'] } },
      notifier: {
        webhook: { target: 'http://u:hunter2@t/', callback: 'http://c/', headers: { A: ['hunter2'] } },
        stomp: { user: { login: 'me', passcode: 'hunter2' } },
        amqp: { uris: ['amqp://guest:hunter2@mq/'] },
      },
      trace: { jaeger: { collector: { password: 'hunter2' } }, otlp: { http: { headers: { a: 'hunter2' } } } },
    });
    const shown = reading.ok ? JSON.stringify(redactConfig(reading.value.config)) : '';
    expect(shown).toContain('postgres://clair:***@db/clair');
    expect(shown).toContain('"login":"me"');
    expect(shown).toContain('"iss":["quay"]');
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain('aHVudGVyMg');
  });
});
