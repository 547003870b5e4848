/** Something in the configuration that has to be mended, or (as a warning) that does not do what one may think. */
export interface ConfigProblem {
  /** Where: a key path such as `auth.psk.key` or `matchers.names[2]`; the name of a file when that cannot be read. */
  readonly at: string;
  /** What is wrong with it, for the operator. Holds no secret. */
  readonly message: string;
}

/** One line for a terminal or a log. */
export function problemLine({ at, message }: ConfigProblem): string {
  return at === '' ? message : `${at}: ${message}`;
}
