import { err, ok, type Result } from '@clair/model';

const HEX_DIGITS = /^[0-9a-f]{32}$/;
const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** No id: as the `next` of a request it means the first page. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/**
 * The lower-case hyphenated form of a UUID written in any form that Clair takes: hyphenated, plain hex, in braces, or
 * after `urn:uuid:`.
 */
export function parseUuid(text: string): Result<string, 'malformed-uuid'> {
  const lower = text.toLowerCase().replace(/^urn:uuid:/, '');
  const bare = lower.startsWith('{') && lower.endsWith('}') ? lower.slice(1, -1) : lower;
  if (HYPHENATED.test(bare)) return ok(bare);
  if (!HEX_DIGITS.test(bare)) return err('malformed-uuid');
  const groups = [bare.slice(0, 8), bare.slice(8, 12), bare.slice(12, 16), bare.slice(16, 20), bare.slice(20)];
  return ok(groups.join('-'));
}
