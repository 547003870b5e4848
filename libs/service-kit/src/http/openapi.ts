import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import { errorSchema, responsesOf } from './answers.ts';
import type { HttpServer } from './http-server.ts';
import { ifNoneMatch } from './if-none-match.ts';
import { negotiate } from './negotiate.ts';

const JSON_TYPES = ['application/openapi+json', 'application/json', 'application/vnd.oai.openapi+json'];
const YAML_TYPES = ['application/openapi+yaml', 'application/yaml', 'application/vnd.oai.openapi+yaml'];

/** Carries a route's `optionalBody` through the plug-in, which says of every body that it is required. */
const OPTIONAL_BODY = 'x-optional-body';

/** Serves the description of all routes that are registered after this call at `GET /openapi/v1`, as JSON or YAML. */
export async function describeApi(server: HttpServer): Promise<void> {
  server.addSchema(errorSchema);
  await server.register(swagger, {
    // The name of a schema in the document is its own.
    refResolver: { buildLocalReference: (json, _uri, _fragment, place) => String(json.$id ?? `def-${place}`) },
    // A route may have no schema, which the plug-in's types do not say.
    transform: ({ schema = {}, url }) => ({
      url,
      schema: { ...schema, response: responsesOf(schema), ...(schema.optionalBody && { [OPTIONAL_BODY]: true }) },
    }),
    transformObject: (api) => ('openapiObject' in api ? withOptionalBodies(api.openapiObject) : api.swaggerObject),
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Clair', version: '1.2.0', description: 'Known vulnerabilities of container images.' },
      components: { securitySchemes: { PSK: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{}, { PSK: [] }],
    },
  });
  const rendered = new Map<'json' | 'yaml', { text: string; etag: string }>();
  const documentAs = (language: 'json' | 'yaml') => {
    const known = rendered.get(language);
    if (known) return known;
    const text = language === 'yaml' ? server.swagger({ yaml: true }) : JSON.stringify(server.swagger());
    const made = { text, etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"` };
    rendered.set(language, made);
    return made;
  };
  server.get('/openapi/v1', { schema: { hide: true } }, async (request, reply) => {
    const mediaType = negotiate(request, [...JSON_TYPES, ...YAML_TYPES]);
    const { text, etag } = documentAs(YAML_TYPES.includes(mediaType) ? 'yaml' : 'json');
    reply.headers({ etag, vary: 'accept' });
    if (ifNoneMatch(request, etag)) return reply.code(304).send();
    return reply
      .type(mediaType)
      .serializer((body: unknown) => String(body))
      .send(text);
  });
}

function withOptionalBodies<Document extends { paths?: object }>(document: Document): Document {
  const operations = Object.values(document.paths ?? {}).flatMap((methods) =>
    Object.values(Object(methods)).map(Object),
  );
  for (const operation of operations.filter((one) => OPTIONAL_BODY in one)) {
    delete operation[OPTIONAL_BODY];
    operation.requestBody.required = false;
  }
  return document;
}
