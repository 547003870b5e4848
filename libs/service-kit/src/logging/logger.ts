import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers } from 'pino';
import type { LogLevel } from '../config/schema.ts';
import { prettyStream } from './pretty-stream.ts';

/** The logger of a service. error = wake someone, warn = look this week, info = one line per unit of work. */
export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which service speaks. */
  readonly name: string;
  /** Lines for people instead of JSON. */
  readonly pretty?: boolean;
  /** Where lines go; standard error when absent. */
  readonly destination?: DestinationStream;
}

const PINO_LEVEL = {
  'debug-color': 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
  panic: 'fatal',
} as const satisfies Record<LogLevel, string>;

const SECRETS = [
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'password',
  'passcode',
  'connstring',
  'psk',
  'secret',
];
const STANDARD_ERROR = 2;

/**
 * Writes one JSON object a line to standard error. Fields named like a secret (authorization, cookies, tokens,
 * passwords, connection strings), up to two levels deep, and passwords in URLs of errors never come out.
 */
export function createLogger({ level, name, pretty, destination }: LoggerOptions): Logger {
  const target = destination ?? pino.destination({ dest: STANDARD_ERROR, sync: true });
  return pino(
    {
      name,
      level: PINO_LEVEL[level],
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: safeError, error: safeError },
      redact: { paths: redactedPaths(), censor: '[redacted]' },
    },
    (pretty ?? level === 'debug-color') ? prettyStream(target) : target,
  );
}

function redactedPaths(): string[] {
  return SECRETS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]);
}

function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? withoutUrlPassword(error) : error;
  const serialised = stdSerializers.err(error);
  return {
    ...serialised,
    message: withoutUrlPassword(serialised.message),
    stack: withoutUrlPassword(serialised.stack),
  };
}

/** `postgres://user:secret@host/db` → `postgres://user:***@host/db`, and `password=…` of a libpq DSN likewise. */
export function withoutUrlPassword(text: string): string {
  return text
    .replaceAll(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,256}):[^\s@]{1,1024}@/gi, '$1:***@')
    .replaceAll(/\b(password)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)/gi, '$1=***');
}
