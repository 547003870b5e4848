import { StartFailure } from '@clair/clair';
import { ServiceError } from '@clair/service-kit';
import { CommandError } from './api.ts';

/** A stack only for what nobody expected: a refusal or a file that is not there is answered with its sentence. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof CommandError || error instanceof StartFailure || error instanceof ServiceError;
  if (isExpected || 'code' in error) return error.message;
  return error.stack ?? error.message;
}
