/**
 * - `affected`: the package's version is in the range.
 * - `undecidable`: it could not be decided (a version that does not parse, a source that has not decided); never "not vulnerable".
 */
export type Verdict =
  | { readonly kind: 'affected' }
  | { readonly kind: 'not-affected'; readonly reason: string }
  | { readonly kind: 'undecidable'; readonly reason: string };
