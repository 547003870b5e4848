/** A sentence for the operator about what was thrown; never empty, which would read as "no error". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error) || 'unknown error';
  if (error.message !== '') return error.message;
  // A connection that every address refused is an AggregateError without a message.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.name || 'unknown error';
}
