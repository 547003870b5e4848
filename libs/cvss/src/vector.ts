import { err, ok, type Result } from '@clair/model';
import { METRIC_GROUPS } from './metrics.ts';

export type CvssVersion = '2.0' | '3.0' | '3.1' | '4.0';

/** A vector that keeps its specification. */
export interface CvssVector {
  readonly version: CvssVersion;
  /** By name; only the metrics that the vector has. */
  readonly metrics: ReadonlyMap<string, string>;
}

export interface MalformedCvss {
  readonly kind: 'malformed-cvss';
  readonly text: string;
  readonly reason: string;
}

/** The longest vector, of version 4 with every metric, has some 220 characters. */
const LENGTH_MAX = 500;
const PREFIX = /^CVSS:(3\.0|3\.1|4\.0)\//;
/** Version 3 recommends an order, the others demand it. */
const IN_ANY_ORDER: ReadonlySet<CvssVersion> = new Set(['3.0', '3.1']);

/** Reads a vector of any version; one without a prefix is of version 2. The error says which part does not keep the specification. */
export function parseCvss(text: string): Result<CvssVector, MalformedCvss> {
  const malformed = (reason: string) => err({ kind: 'malformed-cvss', text, reason } as const);
  if (text.length > LENGTH_MAX) return malformed(`it is longer than ${LENGTH_MAX} characters`);
  const [prefix = '', named] = PREFIX.exec(text) ?? [];
  const version = versionOf(named);
  const rest = version === '2.0' ? text.replace(/^\((.*)\)$/, '$1') : text.slice(prefix.length);
  const known = METRIC_GROUPS[version].flatMap((group) => group.metrics);
  const metrics = new Map<string, string>();
  let last = -1;
  for (const part of rest.split('/')) {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(colon, 0));
    const value = part.slice(colon + 1);
    const index = known.findIndex((metric) => metric.name === name);
    if (index < 0) return malformed(`CVSS ${version} has no metric ${JSON.stringify(part)}`);
    if (known[index]?.values.includes(value) !== true)
      return malformed(`${name} has no value ${JSON.stringify(value)}`);
    if (metrics.has(name)) return malformed(`${name} is there twice`);
    if (index < last && !IN_ANY_ORDER.has(version)) return malformed(`${name} is out of order`);
    last = index;
    metrics.set(name, value);
  }
  const missing = missingMetric({ version, metrics });
  return missing === undefined ? ok({ version, metrics }) : malformed(`${missing} is missing`);
}

/** The vector with its metrics in the order of the specification; for version 2 without brackets. */
export function cvssText({ version, metrics }: CvssVector): string {
  const parts = METRIC_GROUPS[version]
    .flatMap((group) => group.metrics)
    .flatMap(({ name }) => (metrics.has(name) ? [`${name}:${metrics.get(name)}`] : []));
  return (version === '2.0' ? parts : [`CVSS:${version}`, ...parts]).join('/');
}

function versionOf(named: string | undefined): CvssVersion {
  return named === '3.0' || named === '3.1' || named === '4.0' ? named : '2.0';
}

function missingMetric({ version, metrics }: CvssVector): string | undefined {
  for (const group of METRIC_GROUPS[version]) {
    const absent = group.metrics.find(({ name }) => !metrics.has(name));
    const isBegun = group.metrics.some(({ name }) => metrics.has(name));
    if (absent !== undefined && (group.need === 'all' || (group.need === 'whole' && isBegun))) return absent.name;
  }
  return undefined;
}
