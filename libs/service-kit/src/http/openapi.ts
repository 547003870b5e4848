import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import type { HttpServer } from './http-server.ts';
import { ifNoneMatch } from './if-none-match.ts';
import { negotiate } from './negotiate.ts';

const JSON_TYPES = ['application/openapi+json', 'application/json', 'application/vnd.oai.openapi+json'];
const YAML_TYPES = ['application/openapi+yaml', 'application/yaml', 'application/vnd.oai.openapi+yaml'];

/** Serves the description of all routes that are registered after this call at `GET /openapi/v1`, as JSON or YAML. */
export async function describeApi(server: HttpServer): Promise<void> {
  await server.register(swagger, {
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
