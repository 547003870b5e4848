import {
  distributionToWire,
  factsToWire,
  inventoryPackageToWire,
  type Vulnerability,
  type VulnerabilityReport,
  type WireEnrichment,
} from '@clair/contracts';
import type { Digest } from '@clair/model';
import type { Database, Queryable } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { stateCoverage } from './report/coverage.ts';
import { etagV1, etagWhole, findingsKey, type ReportIdentity } from './report/etag.ts';
import { matchInventory } from './report/findings.ts';
import { flawsOf } from './report/flaws.ts';
import type { GroupedInventory } from './report/inventory-groups.ts';
import { settleFindings } from './report/settled-findings.ts';
import { toVulnerability } from './report/vulnerability.ts';
import type { InventoryFindings, ReportCaches } from './report-caches.ts';
import { loadAdvisoryTexts, loadCandidates, type Moment } from './store/candidates.ts';
import { loadEnrichments } from './store/enrichments.ts';
import { type FeedStates, loadFeedStates } from './store/feeds.ts';

export interface MatchDeps {
  readonly db: Database;
  readonly caches: ReportCaches;
  readonly clock: () => number;
  /** Whether reports say what is known of flaws beside the advisories. */
  readonly joinsEnrichments: boolean;
}

/** What is installed, and the hash of it: equal hashes mean equal packages in equal order. */
export type ReportSubject = { readonly hash: string; readonly inventory: GroupedInventory } & (
  | { readonly kind: 'image'; readonly manifest: Digest }
  | {
      readonly kind: 'document';
      /** What the document lists, and what of it is missing in the inventory. */
      readonly components: { readonly unmatched: number; readonly all: number };
    }
);

export interface SubjectRequest {
  /** Asked only when there are advisories to match it with. */
  readonly subject: () => Promise<ReportSubject>;
  readonly moment: Moment;
  /** Asked before the work is done, with the two ETags; when it says so, the caller has the body already. */
  readonly isKnown?: (etags: ReportEtags) => boolean;
}

/** Without quotes. */
export interface ReportEtags {
  readonly v1: string;
  readonly whole: string;
}

export type ReportOutcome =
  | { readonly kind: 'report'; readonly report: VulnerabilityReport; readonly etags: ReportEtags }
  | { readonly kind: 'known'; readonly etags: ReportEtags }
  | { readonly kind: 'nothing-loaded' };

/**
 * What is known against the packages of a subject, from one snapshot of the advisories: at most six queries, whatever
 * the number of packages, and one when the caller knows the body or the findings are in the cache. Throws
 * `ServiceError('failed-precondition')` for a moment before the retained history.
 */
export async function reportOn(deps: MatchDeps, request: SubjectRequest): Promise<ReportOutcome> {
  const states = await loadFeedStates(deps.db);
  // Said before the manifest is looked for, as Clair does: a registry that asks too early is told to come back.
  if (states.feeds.every(({ operation }) => operation === 0)) return { kind: 'nothing-loaded' };
  const subject = await request.subject();
  const draft = draftReport({ moment: request.moment, subject, states, nowMs: deps.clock() });
  if (request.isKnown?.(draft.etags) === true) return { kind: 'known', etags: draft.etags };
  const cached = deps.caches.findings.get(draft.findingsKey);
  return cached === undefined ? matchInSnapshot(deps, request, subject) : draft.finish(cached);
}

/** The states are read again: the findings have to be of the same moment as the operation that the report names. */
async function matchInSnapshot(
  deps: MatchDeps,
  request: SubjectRequest,
  subject: ReportSubject,
): Promise<ReportOutcome> {
  return deps.db.transaction(
    async (tx) => {
      const states = await loadFeedStates(tx);
      const draft = draftReport({ moment: request.moment, subject, states, nowMs: deps.clock() });
      const findings = await findVulnerabilities(tx, {
        inventory: subject.inventory,
        moment: request.moment,
        states,
        joinsEnrichments: deps.joinsEnrichments,
      });
      deps.caches.findings.set(draft.findingsKey, findings);
      return draft.finish(findings);
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}

interface ReportDraft {
  readonly findingsKey: string;
  readonly etags: ReportEtags;
  finish(found: InventoryFindings): ReportOutcome;
}

/** Everything of a report that needs no look at the advisories. */
function draftReport(given: {
  readonly moment: Moment;
  readonly subject: ReportSubject;
  readonly states: FeedStates;
  readonly nowMs: number;
}): ReportDraft {
  const { moment, subject, states, nowMs } = given;
  const { inventory, packagesByNamespace } = subject.inventory;
  const operation = operationOf(moment, states);
  const coverage = stateCoverage({
    ...inventory,
    packagesByNamespace,
    feeds: states.feeds,
    nowMs,
    subject: subject.kind,
    components: subject.kind === 'document' ? subject.components : { unmatched: 0, all: 0 },
  });
  const manifest = subject.kind === 'image' ? subject.manifest : '';
  const covered = coverage.namespaces.filter(({ feeds }) => feeds.length > 0).map(({ namespace }) => namespace);
  const identity: ReportIdentity = {
    manifest,
    inventoryHash: subject.hash,
    operation,
    newest: states.operation,
    covered,
  };
  const etags: ReportEtags = { v1: etagV1(identity), whole: etagWhole(identity, coverage) };
  return {
    findingsKey: findingsKey(identity),
    etags,
    finish: ({ findings, setAside, vulnerabilities, enrichments }) => ({
      kind: 'report',
      etags,
      report: {
        manifestHash: manifest,
        packages: inventory.packages.map(inventoryPackageToWire),
        distributions: inventory.distributions.map(distributionToWire),
        findings,
        vulnerabilities,
        coverage,
        inventoryHash: subject.hash,
        operation,
        etag: etags.whole,
        setAside,
        enrichments,
      },
    }),
  };
}

async function findVulnerabilities(
  db: Queryable,
  {
    inventory,
    moment,
    states,
    joinsEnrichments,
  }: {
    readonly inventory: GroupedInventory;
    readonly moment: Moment;
    readonly states: FeedStates;
    readonly joinsEnrichments: boolean;
  },
): Promise<InventoryFindings> {
  const matched = matchInventory(inventory, await loadCandidates(db, inventory.wanted, moment));
  const texts = await loadAdvisoryTexts(db, [...new Set(matched.map(({ row }) => row.advisory))], moment);
  const { findings, setAside } = settleFindings({
    packages: inventory.inventory.packages,
    matched,
    texts,
    coveredNamespaces: new Set(states.feeds.flatMap(({ namespaces }) => namespaces)),
  });
  const shown = new Set([...findings, ...setAside].map(({ vulnerability }) => vulnerability));
  for (const { also } of findings) for (const row of also) shown.add(row);
  const rows = [...new Map(matched.map(({ row }) => [row.id, row])).values()].filter(({ id }) => shown.has(id));
  const vulnerabilities = rows
    .sort((a, b) => a.id - b.id)
    .flatMap((row) => {
      const text = texts.get(row.advisory);
      return text === undefined ? [] : [toVulnerability(row, text)];
    });
  const position = new Map(vulnerabilities.map(({ id }, index) => [id, index]));
  const at = (row: number): number => position.get(row) ?? 0;
  return {
    findings: findings.map((one) => ({ ...one, vulnerability: at(one.vulnerability), also: one.also.map(at) })),
    setAside: setAside.map((one) => ({ ...one, vulnerability: at(one.vulnerability) })),
    vulnerabilities,
    enrichments: joinsEnrichments ? await enrichmentsOf(db, vulnerabilities) : [],
  };
}

/** By flaw, in order. */
async function enrichmentsOf(db: Queryable, vulnerabilities: readonly Vulnerability[]): Promise<WireEnrichment[]> {
  const flaws = [...new Set(vulnerabilities.flatMap(flawsOf))].sort();
  const known = await loadEnrichments(db, flaws);
  return flaws.flatMap((flaw) => {
    const facts = known.get(flaw);
    return facts === undefined ? [] : [{ key: flaw, flaw, facts: factsToWire(facts) }];
  });
}

function operationOf(moment: Moment, states: FeedStates): number {
  if (moment === 'now') return states.operation;
  const oldest = Math.max(0, ...states.feeds.map(({ historyFrom }) => historyFrom));
  if (moment.operation > states.operation) {
    throw new ServiceError(
      'invalid-argument',
      `operation ${moment.operation} is newer than the newest, ${states.operation}`,
    );
  }
  if (moment.operation < oldest) {
    throw new ServiceError('failed-precondition', `the history is whole from operation ${oldest} on`);
  }
  return moment.operation;
}
