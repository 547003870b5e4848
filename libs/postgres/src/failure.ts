import { Unavailable } from '@clair/model';

/** SQLSTATE classes and codes after which the same call may succeed later, and nothing was changed by this one. */
const RETRYABLE_CLASSES = new Set(['08', '53', '58']);
const RETRYABLE_CODES = new Set([
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57014', // query_canceled: a statement timeout, or an operator
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
]);

const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
]);

/** The driver gives these no code. */
const DRIVER_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered a connection error|was closed)|Cannot use a pool after calling end)/;

/**
 * `error` itself, or an {@link Unavailable} caused by it when it means that the database is away or asks to try again.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Unavailable) return error;
  if (!isRetryable(error)) return error;
  return new Unavailable(`PostgreSQL is unavailable: ${error.message || codeOf(error)}`, { cause: error });
}

function isRetryable(error: Error): boolean {
  // Happy eyeballs reports all the addresses it tried.
  if (error instanceof AggregateError) return error.errors.some((one) => one instanceof Error && isRetryable(one));
  const code = codeOf(error);
  if (SYSTEM_CODES.has(code) || (code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect')) return true;
  if (/^[0-9A-Z]{5}$/.test(code)) return RETRYABLE_CODES.has(code) || RETRYABLE_CLASSES.has(code.slice(0, 2));
  return DRIVER_MESSAGE.test(error.message);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
