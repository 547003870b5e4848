import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { httpProblemOf } from '../errors/http-status.ts';

/** Answers any error with Clair's `{"code","message"}`; what is ours to mend goes to the log with its stack. */
export function answerErrors(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = httpProblemOf(error);
  if (problem.ours)
    request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
  reply
    .code(problem.status)
    .removeHeader('link')
    .headers({ ...problem.headers, 'x-content-type-options': 'nosniff' })
    .type('application/json')
    .serializer(JSON.stringify)
    .send(problem.body);
}

/** Answers what is no HTTP at all, where there is no request and no reply yet. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const [status, message] = BROKEN[error.code ?? ''] ?? ['400 Bad Request', 'this is not a well-formed HTTP request'];
  const body = JSON.stringify({ code: 'bad-request', message });
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    'x-content-type-options: nosniff',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const BROKEN: Readonly<Record<string, readonly [string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the header is too large'],
};
