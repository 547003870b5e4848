import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';

const OPTIONS = { strict: false, validateFormats: false, removeAdditional: false, useDefaults: true } as const;

/** Bodies mean what they say; in a query or a path everything is text, so that numbers have to be read out of it. */
const strictAjv = new Ajv({ ...OPTIONS, coerceTypes: false });
const textAjv = new Ajv({ ...OPTIONS, coerceTypes: 'array' });

/** Fastify's validator for JSON schemas; `format` is documentation and not checked. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? strictAjv : textAjv).compile(schema);
