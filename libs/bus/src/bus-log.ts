/** The part of a pino logger that the bus uses: data first, then a constant message. */
export interface BusLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}
