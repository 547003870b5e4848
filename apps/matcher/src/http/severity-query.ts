import { parseSeverity, SEVERITIES, type Severity } from '@clair/model';
import { ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';

/** The query parameter of reports that hides findings; how many is in the answer. */
export const MinSeverity = Type.Optional(
  Type.String({ description: `Findings below it are counted and not shown: ${SEVERITIES.join(', ')}` }),
);

/** Throws `ServiceError('invalid-argument')` for a word that is no severity. */
export function readSeverity(text: string | undefined): Severity | undefined {
  if (text === undefined) return undefined;
  const severity = parseSeverity(text);
  if (severity === undefined)
    throw new ServiceError('invalid-argument', `min_severity must be one of ${SEVERITIES.join(', ')}`);
  return severity;
}
