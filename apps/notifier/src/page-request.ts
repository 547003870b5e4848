import { err, ok, type Result } from '@clair/model';
import { NIL_UUID, parseUuid } from './uuid.ts';

export const PAGE_SIZE_DEFAULT = 500;
export const PAGE_SIZE_MAX = 10_000;

/** A page of one set or delivery. */
export interface CheckedPage {
  readonly id: string;
  readonly afterId?: string;
  readonly limit: number;
}

/** A request for a page as it comes from outside. */
export interface PageRequestText {
  readonly id: string;
  /** 0: the default. */
  readonly pageSize: number;
  /** Empty: the first page. */
  readonly next: string;
}

/** The request, or a sentence for the caller about what is wrong with it. */
export function parsePageRequest({ id, pageSize, next }: PageRequestText): Result<CheckedPage, string> {
  const setId = parseUuid(id);
  if (!setId.ok) return err('the id must be a UUID');
  if (!Number.isInteger(pageSize) || pageSize < 0 || pageSize > PAGE_SIZE_MAX) {
    return err(`"page_size" must be a whole number from 1 to ${PAGE_SIZE_MAX}`);
  }
  const limit = pageSize === 0 ? PAGE_SIZE_DEFAULT : pageSize;
  if (next === '') return ok({ id: setId.value, limit });
  const afterId = parseUuid(next);
  if (!afterId.ok) return err('"next" must be the UUID that the page before gave');
  return ok({ id: setId.value, limit, ...(afterId.value === NIL_UUID ? {} : { afterId: afterId.value }) });
}

/** The number that a `page_size` parameter writes; `NaN` for anything but decimal digits, 0 when it is absent. */
export function readPageSize(text: string): number {
  if (text === '') return 0;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
