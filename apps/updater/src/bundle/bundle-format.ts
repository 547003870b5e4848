/**
 * A bundle is this line, then a zstd stream of length-delimited `ApplyUpdateRequest` messages: for each feed what
 * `ApplyUpdate` wants of one update, header to commit. A later format gets another number.
 */
export const BUNDLE_MAGIC = Buffer.from('clair-bundle 1\n');
