import type { SchemeId } from './package.ts';
import type { Severity } from './severity.ts';

/**
 * - `affected`: versions in the range are vulnerable.
 * - `not-affected`: the source says that no version is.
 * - `undetermined`: the source has not decided yet; a finding that says so.
 */
export type AffectedStatus = 'affected' | 'not-affected' | 'undetermined';

/** Why a fix is not there (or that it is): what vendors say beside the version. */
export type FixState = 'fixed' | 'not-fixed' | 'will-not-fix' | 'deferred' | 'out-of-support' | 'unknown';

/** Half-open range of versions of one scheme; absent bounds are open. `fixed` excludes itself, `lastAffected` includes itself. */
export interface VersionRange {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
}

/** One (namespace, package, range) that an advisory is about. */
export interface Affected {
  readonly namespace: string;
  readonly package: string;
  /** Whether {@link package} names a source package (Debian, Alpine) or the binary package itself. */
  readonly packageKind: 'source' | 'binary';
  readonly scheme: SchemeId;
  readonly range: VersionRange;
  readonly status: AffectedStatus;
  readonly fixState: FixState;
  /** Empty: every architecture. */
  readonly arches: readonly string[];
  /** rpm's `name:stream`; empty: only packages outside any module; `*`: of a module that the source does not name. */
  readonly module: string;
  /**
   * The product that the row is about, as a CPE 2.3 formatted string or 2.2 URI, of vendors who ship one package in several
   * products under one namespace (Red Hat); empty: every product. Packages say theirs in `cpes`.
   */
  readonly cpe: string;
  /** The vendor's own advisory that brought the fix for these packages: `RHSA-2024:1`, `DSA-5000-1`; empty when none is named. */
  readonly bulletin: string;
  /** The word of the source (`unimportant`, `medium**`), for this package; empty when it has none. */
  readonly severity: string;
  readonly normalizedSeverity: Severity;
}

/** What a feed says about one vulnerability. */
export interface Advisory {
  /** Unique within (feed, partition) and stable from one update to the next. */
  readonly key: string;
  /** The id a person looks up: `CVE-2024-1`, `DSA-5000-1`. */
  readonly name: string;
  readonly description: string;
  /** RFC 3339, or empty when the source gives no date. */
  readonly issued: string;
  readonly links: readonly string[];
  /** Other ids of the same flaw. */
  readonly aliases: readonly string[];
  /**
   * The flaws that the advisory is about, by their own ids, where it is a vendor's bulletin about one or more of them:
   * `CVE-2024-1` in `ALSA-2024:5`. Empty when the advisory is itself about one flaw.
   */
  readonly upstream: readonly string[];
  /** The source's own scores of the flaw, as CVSS vectors of any version; absent when it has none. */
  readonly cvss?: readonly string[];
  /** The kinds of weakness that the source says it is: `CWE-79`; absent when it says none. */
  readonly weaknesses?: readonly string[];
  readonly affected: readonly Affected[];
}

/** A record of a feed that could not be turned into an advisory. It is counted and shown, never dropped in silence. */
export interface Rejection {
  /** Where in the document: a JSON pointer, a line, an id. */
  readonly at: string;
  readonly reason: string;
}
