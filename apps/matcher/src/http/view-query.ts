import { parseSeverity, SEVERITIES, type Severity } from '@clair/model';
import { ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import type { ReportView } from '../report/v2.ts';

/** The query parameter of reports that hides findings; how many is in the answer. */
export const MinSeverity = Type.Optional(
  Type.String({ description: `Findings below it are counted and not shown: ${SEVERITIES.join(', ')}` }),
);

/** The query parameter of reports that sorts findings. */
export const Order = Type.Optional(
  Type.String({
    description:
      '`risk`: the riskiest finding first, that is known to be exploited, then by EPSS in percent, by severity, by CVSS. Else by package',
  }),
);

/** How a report is to be looked at. Throws `ServiceError('invalid-argument')` for a word that is none of those known. */
export function readView(query: { readonly min_severity?: string; readonly order?: string }): ReportView {
  const minSeverity = readSeverity(query.min_severity);
  const { order } = query;
  if (order !== undefined && order !== 'risk') throw new ServiceError('invalid-argument', 'order must be risk');
  return { ...(minSeverity !== undefined && { minSeverity }), ...(order !== undefined && { order }) };
}

function readSeverity(text: string | undefined): Severity | undefined {
  if (text === undefined) return undefined;
  const severity = parseSeverity(text);
  if (severity === undefined)
    throw new ServiceError('invalid-argument', `min_severity must be one of ${SEVERITIES.join(', ')}`);
  return severity;
}
