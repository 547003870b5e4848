import { MalformedDocument } from '../feed.ts';
import { isJsonObject, type JsonObject } from '../json-fields.ts';
import { decodeUtf8 } from '../utf-8.ts';

/** Real records of distributions are below 200 kB; those of kernel flaws, with every affected version, some 100 kB. */
export const OSV_RECORD_BYTES_MAX = 20_000_000;

/**
 * The JSON object of a document that is one OSV record. Throws {@link MalformedDocument} when it is none: no JSON, too large, or without
 * the `id` and `modified` that the schema requires.
 */
export async function readOsvDocument(document: AsyncIterable<Uint8Array>): Promise<JsonObject> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of document) {
    bytes += part.length;
    if (bytes > OSV_RECORD_BYTES_MAX)
      throw new MalformedDocument(`the record is larger than ${OSV_RECORD_BYTES_MAX} bytes`);
    // Copied: the caller may use its buffer again.
    parts.push(new Uint8Array(part));
  }
  const text = decodeUtf8(parts);
  if (text === undefined) throw new MalformedDocument('the record is not UTF-8');
  const value = parsed(text);
  if (!isJsonObject(value)) throw new MalformedDocument('the document is not a JSON object');
  if (typeof value.id !== 'string' || typeof value.modified !== 'string')
    throw new MalformedDocument('the document is JSON, but no OSV record: it has no id or no date of modification');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedDocument(
      `the record is not JSON: ${error instanceof Error ? error.message : 'it does not parse'}`,
    );
  }
}
