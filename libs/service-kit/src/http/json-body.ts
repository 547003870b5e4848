import { ServiceError } from '../errors/service-error.ts';
import type { HttpServer } from './http-server.ts';

const JSON_TYPE = 'application/json';

/**
 * Reads every request body as JSON, whatever its `Content-Type` says, or does not say, as Clair does. What is not JSON
 * is answered with 400.
 */
export function acceptAnyContentType(server: HttpServer): void {
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async (request) => {
    request.raw.headers['content-type'] = JSON_TYPE;
  });
  server.addHook('preValidation', async (request) => {
    if (request.body === undefined && request.routeOptions.schema?.optionalBody === true) request.body = {};
  });
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser(JSON_TYPE);
  server.addContentTypeParser(JSON_TYPE, { parseAs: 'string' }, (request, body, done) => {
    // An absent body is for the route's schema to refuse; some routes want none.
    if (body === '') return done(null, undefined);
    // Safety: with `parseAs: 'string'` the body is a string.
    return parse(request, body as string, (error, value) =>
      error ? done(new ServiceError('invalid-argument', 'the body is not JSON')) : done(null, value),
    );
  });
}
