import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { SBOM_BYTES_MAX } from '@clair/matcher';
import { CommandError } from './api.ts';

const PREFIX = 'sbom:';
const MEBIBYTE = 1024 * 1024;

/** FILE of `sbom:FILE`; `undefined` for what names an image. */
export function sbomFileOf(text: string): string | undefined {
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
}

/** The JSON value of the file, or of standard input for `-`. Rejects with {@link CommandError} when there is none. */
export async function readSbomFile(
  file: string,
  signal: AbortSignal,
  stdin: Readable = process.stdin,
): Promise<unknown> {
  if (file === '') throw new CommandError(`${PREFIX}: name a file, or - for standard input`);
  const source = addAbortSignal(signal, file === '-' ? stdin : createReadStream(file));
  const text = await readText(source).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new CommandError(`${PREFIX}${file}: it cannot be read: ${error instanceof Error ? error.message : error}`);
  });
  if (text === undefined) {
    throw new CommandError(`${PREFIX}${file}: it has more than ${SBOM_BYTES_MAX / MEBIBYTE} MiB`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${PREFIX}${file}: it is not JSON (CycloneDX in XML and SPDX in other forms are not read)`);
  }
}

/** `undefined` when there is more of it than a service takes. A mark of the byte order is not part of the text. */
async function readText(source: Readable): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > SBOM_BYTES_MAX) return undefined;
    chunks.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
