import pg from 'pg';

const INT8: number = 20;
const INT8_ARRAY: number = 1016;

/** Reads `int8` as a number, and refuses one that a number cannot hold; every other type as the driver does. */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === INT8 && format !== 'binary') return parseInt8;
    if (oid === INT8_ARRAY && format !== 'binary') return parseInt8Array;
    return pg.types.getTypeParser(oid, format);
  },
};

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} is beyond 2^53: select it as text`);
  return value;
}

function parseInt8Array(text: string): (number | null)[] {
  const inner = text.slice(text.indexOf('{') + 1, -1);
  return inner === '' ? [] : inner.split(',').map((element) => (element === 'NULL' ? null : parseInt8(element)));
}
