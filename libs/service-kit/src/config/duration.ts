import { err, invariant, ok, type Result } from '@clair/model';

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const TERM = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
const TEXT_CHARS_MAX = 64;

/**
 * Milliseconds of a Go duration (`6h`, `1m30s`, `1.5h`, `0`), as in `time.ParseDuration`; a sign is refused, since no
 * setting means anything below zero.
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): Result<number, string> {
  if (text === '0') return ok(0);
  const malformed = err(
    `${JSON.stringify(text.slice(0, TEXT_CHARS_MAX))} is not a duration such as 6h, 1m30s or 500ms`,
  );
  if (text.length === 0 || text.length > TEXT_CHARS_MAX) return malformed;
  let totalMs = 0;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const term = TERM.exec(text);
    if (term === null) return malformed;
    totalMs += Number(term[1]) * (UNIT_MS[term[2] ?? ''] ?? Number.NaN);
  }
  return Number.isFinite(totalMs) ? ok(totalMs) : malformed;
}

/** Milliseconds of a duration out of a {@link ClairConfig}, which was checked when it was read. Throws `Bug` otherwise. */
export function durationMs(text: string): number {
  const parsed = parseDuration(text);
  invariant(parsed.ok, `unchecked duration ${text}`);
  return parsed.value;
}
