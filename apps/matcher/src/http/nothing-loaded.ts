import { Type } from 'typebox';

/** How soon a client may come back: a first load takes minutes, and asking is cheap. */
export const RETRY_AFTER_SECONDS = '15';

/** The body of a 202: the matcher has no advisories yet, so no report would mean anything. */
export const NOTHING_LOADED = { code: 'accepted', message: 'no advisories are loaded yet; try again later' } as const;

/** The shape of {@link NOTHING_LOADED}. */
export const NothingLoaded = Type.Object({ code: Type.String(), message: Type.String() });
