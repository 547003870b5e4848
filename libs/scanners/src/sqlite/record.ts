import { ok, type Result } from '@clair/model';
import { malformed, type SqliteProblem } from './sqlite-problem.ts';
import { decodeText, type TextEncoding } from './text-decoding.ts';
import { exactInteger, VarintReader } from './varint.ts';

/** A stored value. Integers are numbers where a number is exact; a blob may share memory with the database. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** What a record is decoded with. */
export interface RecordForm {
  readonly encoding: TextEncoding;
  readonly columnsMax: number;
}

const INTEGER_BYTES: readonly number[] = [0, 1, 2, 3, 4, 6, 8];
const FLOAT = 7;
const ZERO = 8;
const ONE = 9;
const BLOB_MIN = 12;

/** The values of a record. @see https://www.sqlite.org/fileformat2.html#record_format */
export function decodeRecord(payload: Uint8Array, form: RecordForm): Result<SqliteValue[], SqliteProblem> {
  const header = new VarintReader(payload, 0);
  const headerBytes = header.nextLength();
  if (headerBytes === undefined || headerBytes < header.at || headerBytes > payload.length) {
    return malformed('a record header that does not fit its record');
  }
  const types = new VarintReader(payload.subarray(0, headerBytes), header.at);
  const body = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const values: SqliteValue[] = [];
  let at = headerBytes;
  while (types.at < headerBytes) {
    const type = types.nextLength();
    if (type === undefined) return malformed('a record header that ends in a column');
    if (values.length === form.columnsMax) return malformed(`a record of more than ${form.columnsMax} columns`);
    const bytes = valueBytes(type);
    if (bytes === undefined) return malformed(`column type ${type}`);
    if (at + bytes > payload.length) return malformed('a value that reaches beyond its record');
    values.push(valueAt(body, { type, at, bytes, encoding: form.encoding }));
    at += bytes;
  }
  return ok(values);
}

function valueBytes(type: number): number | undefined {
  if (type >= BLOB_MIN) return Math.floor((type - BLOB_MIN) / 2);
  if (type === FLOAT) return 8;
  if (type === ZERO || type === ONE) return 0;
  return INTEGER_BYTES[type];
}

interface ValuePlace {
  readonly type: number;
  readonly at: number;
  readonly bytes: number;
  readonly encoding: TextEncoding;
}

function valueAt(body: DataView, { type, at, bytes, encoding }: ValuePlace): SqliteValue {
  if (type >= BLOB_MIN) {
    const slice = new Uint8Array(body.buffer, body.byteOffset + at, bytes);
    return type % 2 === 0 ? slice : decodeText(slice, encoding);
  }
  switch (type) {
    case 0:
      return null;
    case 1:
      return body.getInt8(at);
    case 2:
      return body.getInt16(at);
    case 3:
      return body.getInt8(at) * 2 ** 16 + body.getUint16(at + 1);
    case 4:
      return body.getInt32(at);
    case 5:
      return body.getInt16(at) * 2 ** 32 + body.getUint32(at + 2);
    case 6:
      return exactInteger(body.getBigInt64(at));
    case FLOAT:
      return body.getFloat64(at);
    default:
      return type === ONE ? 1 : 0;
  }
}
