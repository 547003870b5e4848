import { ADVISORIES_CHANGED, makeEvent } from '@clair/contracts';
import { type Database, enqueue, type Transaction } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { claimNamespaces } from '../store/claimed-namespaces.ts';
import { type EnrichmentChange, EnrichmentStaging } from '../store/enrichment-staging.ts';
import { advanceFeed, type FeedFacts, lockFeed, summarisePartitions, touchFeed } from '../store/feed-lock.ts';
import { type MergeCounts, mergeStaged } from '../store/merge.ts';
import { insertOperation, nextOperation } from '../store/operations.ts';
import { PartitionBook } from '../store/partitions.ts';
import { insertRisenFlaws } from '../store/risen-flaws.ts';
import { type StagedChange, Staging } from '../store/staging.ts';
import { UpdateIntake } from './update-intake.ts';
import type { UpdateStream } from './update-stream.ts';

export interface ApplySummary {
  /** 0 when nothing changed. */
  readonly operation: number;
  readonly firstLoad: boolean;
  readonly affectedAdded: number;
  readonly affectedRemoved: number;
  /** New, said differently, or gone; enrichments count too. */
  readonly advisoriesChanged: number;
  readonly rowsWritten: number;
  /** Records that were sent and could not be taken, with the first few reasons. */
  readonly rejected: number;
  readonly rejections: readonly string[];
}

/** A first load of millions of rows is one statement. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000;

/**
 * Applies one run of a feed in one transaction: readers see all of it or nothing. Each partition named is replaced by
 * what follows it, or, when only its changes came, those advisories are replaced; an unchanged feed costs one row, a changed one rows in proportion to the change. Anything that goes
 * wrong before the commit message, a wrong count included, leaves the store as it was.
 */
export async function applyUpdate(db: Database, update: UpdateStream, nowMs: number): Promise<ApplySummary> {
  return db.transaction((tx) => applyInTransaction(tx, update, nowMs), { statementTimeoutMs: STATEMENT_TIMEOUT_MS });
}

async function applyInTransaction(tx: Transaction, update: UpdateStream, nowMs: number): Promise<ApplySummary> {
  const feed = await lockFeed(tx, update.header);
  const partitions = new PartitionBook(tx, update.header.feed);
  const staging = new Staging(tx);
  const enrichments = new EnrichmentStaging(tx);
  const intake = new UpdateIntake(partitions, { advisories: staging, enrichments });
  const sent = await intake.takeAll(update.messages);
  if (sent !== intake.received) {
    throw new ServiceError('invalid-argument', `update refused: ${intake.received} advisories came, ${sent} were sent`);
  }
  const change = await staging.finish(intake.ends);
  const partitionRows = await partitions.save(intake.facts());
  const enriched = await enrichments.finish(intake.ends);
  const enrichedRows = enriched.added + enriched.changed + enriched.removed;
  const written = feed.rowsWritten + partitionRows + enrichedRows;
  const outcome =
    change.changed + change.ended + enrichedRows === 0
      ? { ...UNCHANGED, rowsWritten: await touchFeed(tx, update.header) }
      : await writeOperation(tx, { facts: update.header, change, enriched, nowMs, firstLoad: feed.operation === 0 });
  const facts = { feed: update.header.feed, operation: outcome.operation, intake };
  const summaryRows = partitionRows === 0 ? 0 : await savePartitionFacts(tx, facts);
  return {
    ...outcome,
    rowsWritten: outcome.rowsWritten + written + summaryRows,
    rejected: intake.rejected,
    rejections: intake.rejections,
  };
}

/** What partitions say they speak for; to be saved when one of them says something else than before. */
async function savePartitionFacts(
  tx: Transaction,
  of: { readonly feed: string; readonly operation: number; readonly intake: UpdateIntake },
): Promise<number> {
  const namespaces = new Set([...of.intake.facts().values()].flatMap((facts) => facts.namespaces));
  const claimed = await claimNamespaces(tx, of.feed, { namespaces, operation: of.operation });
  return claimed + (await summarisePartitions(tx, of.feed));
}

type Outcome = Omit<ApplySummary, 'rejected' | 'rejections'>;

const UNCHANGED: Omit<Outcome, 'rowsWritten'> = {
  operation: 0,
  firstLoad: false,
  affectedAdded: 0,
  affectedRemoved: 0,
  advisoriesChanged: 0,
};

/** Of a feed of enrichments. */
const NOTHING_MERGED: MergeCounts = { affectedAdded: 0, affectedRemoved: 0, rowsWritten: 0 };

interface OperationPlan {
  readonly facts: FeedFacts;
  readonly change: StagedChange;
  readonly enriched: EnrichmentChange;
  readonly nowMs: number;
  readonly firstLoad: boolean;
}

/** From here on the operation counter is locked: everything that could be prepared without it is. */
async function writeOperation(tx: Transaction, plan: OperationPlan): Promise<Outcome> {
  const { facts, change, enriched, nowMs, firstLoad } = plan;
  const { feed, fingerprint } = facts;
  const operation = await nextOperation(tx);
  const operationRows = await insertOperation(tx, { id: operation, feed, fingerprint, dateMs: nowMs, firstLoad });
  const merged = change.changed + change.ended === 0 ? NOTHING_MERGED : await mergeStaged(tx, operation);
  // The first load of a feed tells nobody anything: all of it would be new.
  const risenRows = plan.firstLoad ? 0 : await insertRisenFlaws(tx, operation, enriched.risen);
  const feedRows = await advanceFeed(tx, facts, {
    operation,
    nowMs,
    advisoriesDelta: change.becameLive - change.ended + enriched.added - enriched.removed,
    affectedDelta: merged.affectedAdded - merged.affectedRemoved,
  });
  const event = makeEvent(
    ADVISORIES_CHANGED,
    { operation, feed, firstLoad },
    { source: '/clair/matcher', timeMs: nowMs },
  );
  await enqueue(tx, { id: event.id, subject: event.type, body: event });
  const counterAndOutboxRows = 2;
  return {
    operation,
    firstLoad,
    affectedAdded: merged.affectedAdded,
    affectedRemoved: merged.affectedRemoved,
    advisoriesChanged: change.changed + change.ended + enriched.added + enriched.changed + enriched.removed,
    rowsWritten: merged.rowsWritten + risenRows + operationRows + feedRows + counterAndOutboxRows,
  };
}
