/** The slice of a structured logger that the matcher uses; a pino logger is one. */
export interface MatcherLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
