import { Overdue } from '../layer/paced-source.ts';
import { AddressRefused } from './address-guard.ts';
import type { HttpFailure } from './http-failure.ts';
import { redactUrl } from './redact-url.ts';

/** Codes of failures that a second try does not change. */
const LASTING: ReadonlySet<string> = new Set(['ENOTFOUND', 'EPROTO', 'UND_ERR_INVALID_ARG', 'HPE_INVALID_CONSTANT']);

/** What a request failed with before its answer came. */
export function transportFailure(reason: unknown, url: URL): HttpFailure {
  const at = redactUrl(url);
  const refused = causes(reason).find((cause) => cause instanceof AddressRefused);
  if (refused !== undefined)
    return { kind: 'forbidden-address', message: `${at}: ${refused.message}`, retryable: false };
  if (reason instanceof Overdue)
    return { kind: 'timeout', message: `${at}: no answer: ${reason.message}`, retryable: true };
  const code = codeOf(reason);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return { kind: 'timeout', message: `${at}: no connection in time`, retryable: true };
  }
  if (isCertificateCode(code)) {
    const advice = 'add the authority with NODE_EXTRA_CA_CERTS, or mend the certificate';
    return {
      kind: 'unreachable',
      message: `${at}: its certificate is not trusted (${code}); ${advice}`,
      retryable: false,
    };
  }
  return { kind: 'unreachable', message: `${at}: ${sentence(code, reason)}`, retryable: !LASTING.has(code) };
}

/** What a body failed with after its headers came: the connection broke, whatever the words. */
export function bodyFailure(reason: unknown, url: URL, receivedBytes: number): HttpFailure {
  const at = redactUrl(url);
  if (reason instanceof Overdue) {
    return { kind: 'timeout', message: `${at}: after ${receivedBytes} bytes ${reason.message}`, retryable: true };
  }
  const message = `${at}: the connection broke after ${receivedBytes} bytes (${codeOf(reason) || textOf(reason)})`;
  return { kind: 'truncated', message, retryable: true };
}

function sentence(code: string, reason: unknown): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nobody listens there (ECONNREFUSED)';
    case 'ENOTFOUND':
      return 'the name does not resolve (ENOTFOUND)';
    case 'EAI_AGAIN':
      return 'the name server does not answer (EAI_AGAIN)';
    default:
      return `cannot be reached (${code || textOf(reason)})`;
  }
}

function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS_/.test(code);
}

function codeOf(reason: unknown): string {
  for (const cause of causes(reason)) if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return '';
}

/** An error, what it wraps, and what that wraps: attempts at several addresses come as an AggregateError. */
function causes(reason: unknown): Error[] {
  if (!(reason instanceof Error)) return [];
  const inner: unknown[] = reason instanceof AggregateError ? [...reason.errors] : [];
  return [reason, ...inner, reason.cause].filter((error) => error instanceof Error);
}

function textOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
