import { type TObject, type TProperties, Type } from 'typebox';

/**
 * What a string of the config has to be beyond a string. The names stand in the schema as the keyword `clairForm`,
 * which other readers of the JSON schema ignore.
 */
export type TextForm = 'duration' | 'listen-address' | 'grpc-address' | 'http-url' | 'base64' | 'regexp' | 'host';

/** An object that knows all its keys. */
export function block<P extends TProperties>(properties: P, options: { description?: string } = {}): TObject<P> {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/** A string; `secret` ones are never printed. */
export function text(description: string, options: { default?: string; form?: TextForm; secret?: true } = {}) {
  return Type.String(textOptions(description, options));
}

/** A {@link text} that may be absent, also after defaults. */
export function optionalText(description: string, options: { form?: TextForm; secret?: true } = {}) {
  return Type.Optional(Type.String(textOptions(description, options)));
}

function textOptions(description: string, options: { default?: string; form?: TextForm; secret?: true }) {
  const { form, secret, ...rest } = options;
  return { description, ...rest, ...(form && { clairForm: form }), ...(secret && { clairSecret: true }) };
}

/** A Go duration such as `6h` or `1m30s`. */
export function duration(description: string, defaultText: string) {
  return text(description, { default: defaultText, form: 'duration' });
}

/** `true` or `false`. */
export function flag(description: string, defaultValue: boolean) {
  return Type.Boolean({ description, default: defaultValue });
}

/** An integer, at least `minimum`. */
export function integer(description: string, options: { default: number; minimum?: number }) {
  return Type.Integer({ description, ...options });
}

/** A list of strings that may be absent. */
export function optionalTexts(description: string, options: { form?: TextForm; secret?: true } = {}) {
  return Type.Optional(Type.Array(Type.String(textOptions('', options)), { description }));
}

/** Names to settings that only the plug-in of that name understands; it checks them itself. */
export function settings(description: string) {
  return Type.Record(Type.String(), Type.Unknown(), { description, default: {} });
}

/** Accepted so that configs written for Clair still load; the text says what happens to it instead. */
export function deprecated(schemaOptions: { instead: string }) {
  return { description: `Deprecated: ${schemaOptions.instead}`, clairDeprecated: schemaOptions.instead };
}
