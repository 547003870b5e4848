// Runs an embedded server until its input ends: node embedded-server.ts DATA_DIR [--scratch]
// Prints one line of JSON, {"connstring":"…"}. For tests and tools that may not import this library.
import { startEmbeddedPostgres } from '../embedded/server.ts';

const [dataDir, ...flags] = process.argv.slice(2);
if (dataDir === undefined) {
  process.stderr.write('usage: embedded-server.ts DATA_DIR [--scratch]\n');
  process.exit(2);
}
try {
  const server = await startEmbeddedPostgres({ dataDir, durable: !flags.includes('--scratch') });
  process.stdout.write(`${JSON.stringify({ connstring: server.connstring })}\n`);
  process.stdin.resume().once('end', () => void server.stop());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
