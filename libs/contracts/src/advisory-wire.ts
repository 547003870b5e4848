import {
  type Advisory,
  type Affected,
  type AffectedStatus,
  type FixState,
  ok,
  type Result,
  SEVERITIES,
  type VersionRange,
} from '@clair/model';
import type {
  Advisory as WireAdvisory,
  Affected as WireAffected,
  VersionRange as WireVersionRange,
} from './generated/clair/common/v1/common.ts';
import { eachFromWire, malformed, type WireError, wordOf, wordsOf } from './wire-error.ts';

const STATUSES = wordsOf<AffectedStatus>({ affected: true, 'not-affected': true, undetermined: true });
const FIX_STATES = wordsOf<FixState>({
  fixed: true,
  'not-fixed': true,
  'will-not-fix': true,
  deferred: true,
  'out-of-support': true,
  unknown: true,
});
const PACKAGE_KINDS = wordsOf<Affected['packageKind']>({ source: true, binary: true });

/** RFC 3339 section 5.6 `date-time`. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function rangeToWire(range: VersionRange): WireVersionRange {
  return { introduced: range.introduced ?? '', fixed: range.fixed ?? '', lastAffected: range.lastAffected ?? '' };
}

function rangeFromWire(message: WireVersionRange): VersionRange {
  return {
    ...(message.introduced === '' ? {} : { introduced: message.introduced }),
    ...(message.fixed === '' ? {} : { fixed: message.fixed }),
    ...(message.lastAffected === '' ? {} : { lastAffected: message.lastAffected }),
  };
}

/** Total. An absent bound of the range becomes an empty text: the two are the same on the wire. */
export function affectedToWire(affected: Affected): WireAffected {
  return {
    namespace: affected.namespace,
    package: affected.package,
    packageKind: affected.packageKind,
    scheme: affected.scheme,
    range: rangeToWire(affected.range),
    status: affected.status,
    fixState: affected.fixState,
    arches: [...affected.arches],
    module: affected.module,
    cpe: affected.cpe,
    bulletin: affected.bulletin,
    severity: affected.severity,
    normalizedSeverity: affected.normalizedSeverity,
  };
}

/**
 * Every word must be one that this version knows, spelled exactly so, and the range must be there: an absent range
 * would mean "every version", which a sender has to say on purpose by an empty one.
 */
export function affectedFromWire(message: WireAffected): Result<Affected, WireError> {
  if (message.namespace === '') return malformed('namespace', 'must not be empty');
  if (message.package === '') return malformed('package', 'must not be empty');
  if (message.scheme === '') return malformed('scheme', 'must not be empty');
  if (message.range === undefined) return malformed('range', 'is missing');
  const packageKind = wordOf(PACKAGE_KINDS, message.packageKind);
  if (packageKind === undefined) return malformed('package_kind', `must be one of ${PACKAGE_KINDS.join(', ')}`);
  const status = wordOf(STATUSES, message.status);
  if (status === undefined) return malformed('status', `must be one of ${STATUSES.join(', ')}`);
  const fixState = wordOf(FIX_STATES, message.fixState);
  if (fixState === undefined) return malformed('fix_state', `must be one of ${FIX_STATES.join(', ')}`);
  const normalizedSeverity = wordOf(SEVERITIES, message.normalizedSeverity);
  if (normalizedSeverity === undefined) {
    return malformed('normalized_severity', `must be one of ${SEVERITIES.join(', ')}`);
  }
  return ok({
    namespace: message.namespace,
    package: message.package,
    packageKind,
    scheme: message.scheme,
    range: rangeFromWire(message.range),
    status,
    fixState,
    arches: [...message.arches],
    module: message.module,
    cpe: message.cpe,
    bulletin: message.bulletin,
    severity: message.severity,
    normalizedSeverity,
  });
}

export function advisoryToWire(advisory: Advisory): WireAdvisory {
  return {
    key: advisory.key,
    name: advisory.name,
    description: advisory.description,
    issued: advisory.issued,
    links: [...advisory.links],
    aliases: [...advisory.aliases],
    upstream: [...advisory.upstream],
    cvss: [...(advisory.cvss ?? [])],
    weaknesses: [...(advisory.weaknesses ?? [])],
    affected: advisory.affected.map(affectedToWire),
  };
}

/** Fails on an advisory without key or name, on a date that is not RFC 3339, and on any affected row that does not read. */
export function advisoryFromWire(message: WireAdvisory): Result<Advisory, WireError> {
  if (message.key === '') return malformed('key', 'must not be empty');
  if (message.name === '') return malformed('name', 'must not be empty');
  if (message.issued !== '' && !isDateTime(message.issued)) {
    return malformed('issued', 'must be an RFC 3339 date-time, or empty');
  }
  const affected = eachFromWire(message.affected, 'affected', affectedFromWire);
  if (!affected.ok) return affected;
  return ok({
    key: message.key,
    name: message.name,
    description: message.description,
    issued: message.issued,
    links: [...message.links],
    aliases: [...message.aliases],
    upstream: [...message.upstream],
    ...(message.cvss.length === 0 ? {} : { cvss: [...message.cvss] }),
    ...(message.weaknesses.length === 0 ? {} : { weaknesses: [...message.weaknesses] }),
    affected: affected.value,
  });
}

function isDateTime(issued: string): boolean {
  return DATE_TIME.test(issued) && !Number.isNaN(Date.parse(issued));
}
