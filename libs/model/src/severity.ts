/** Clair's normalised severities, ascending. */
export const SEVERITIES = ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Negative when `a` is less severe than `b`. `Unknown` is below everything: nobody has said anything. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** The severity of that name, in any letter case; `undefined` for anything else. */
export function parseSeverity(text: string): Severity | undefined {
  const lower = text.toLowerCase();
  return SEVERITIES.find((severity) => severity.toLowerCase() === lower);
}
