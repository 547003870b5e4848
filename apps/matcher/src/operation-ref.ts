import { ServiceError } from '@clair/service-kit';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The text as it is, when it is a UUID; else throws `ServiceError('invalid-argument')`. */
export function operationRef(text: string): string {
  if (UUID.test(text)) return text;
  throw new ServiceError('invalid-argument', `${text.slice(0, 200)} is not the UUID of an update operation`);
}
