import type { DestinationStream } from 'pino';

const COLOURS: Readonly<Record<string, string>> = { error: '31', fatal: '31', warn: '33', info: '32', debug: '36' };
const HIDDEN = new Set(['level', 'time', 'name', 'msg', 'err']);

/** Turns pino's JSON lines into `time LEVEL name: message field=value`; a line that is not JSON passes as it is. */
export function prettyStream(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(prettyLine(line)) };
}

function prettyLine(line: string): string {
  const record = parseRecord(line);
  if (record === undefined) return line;
  const level = String(record.level);
  const fields = Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const head = `${String(record.time)} \u001b[${COLOURS[level] ?? '0'}m${level.toUpperCase().padEnd(5)}\u001b[0m`;
  const text = [head, `${String(record.name)}:`, String(record.msg ?? ''), ...fields].join(' ');
  return `${text}\n${stackOf(record.err)}`;
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  return `${String(error.stack)}\n`;
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    // Safety: a JSON object has string keys, and nothing is assumed of the values.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
