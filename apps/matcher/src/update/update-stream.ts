import { type ApplyUpdateRequest, advisoryFromWire, enrichmentFromWire, type WireEnrichment } from '@clair/contracts';
import { type Enrichment, err, type Result } from '@clair/model';
import { ServiceError } from '@clair/service-kit';
import type { FeedFacts } from '../store/feed-lock.ts';
import { type StagedAdvisory, stageAdvisory } from './staged-advisory.ts';

/** What comes after the header of an update. */
export type UpdateMessage =
  | { readonly kind: 'partition'; readonly partition: UpdatePartition }
  | { readonly kind: 'advisory'; readonly key: string; readonly advisory: Result<StagedAdvisory, string> }
  | { readonly kind: 'enrichment'; readonly key: string; readonly enrichment: Result<Enrichment, string> }
  | { readonly kind: 'commit'; readonly advisories: number };

export interface UpdatePartition {
  readonly name: string;
  readonly fingerprint: string;
  readonly namespaces: readonly string[];
  readonly removed: boolean;
  /** Of the whole partition, as far as the sender knows. */
  readonly rejected: number;
  /** What follows is only what changed: advisories of other keys stay, except those of {@link endedKeys}. */
  readonly changesOnly: boolean;
  /** Different from each other. A key of which an advisory follows has not ended. */
  readonly endedKeys: readonly string[];
  /** What the changes are changes of; empty: of whatever is held. */
  readonly baseFingerprint: string;
}

export interface UpdateStream {
  readonly header: FeedFacts;
  /** Ends after the commit; throws INVALID_ARGUMENT when the stream ends without one. */
  readonly messages: AsyncIterable<UpdateMessage>;
}

const FEED_ID = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;
const TEXT_BYTES_MAX = 1_024;
const NAMESPACES_MAX = 10_000;
const FACTS_CHARS_MAX = 100_000;
const ENDED_KEYS_MAX = 100_000;
const STALE_AFTER_HOURS_MAX = 24 * 366;

/**
 * Reads the protocol of ApplyUpdate: header, partitions each followed by its advisories, commit. Throws
 * `ServiceError('invalid-argument')` for whatever is out of order or beyond a limit (the updater mends it). A record
 * that does not read is a value: it costs that record.
 */
export async function readUpdate(request: AsyncIterable<ApplyUpdateRequest>, nowMs: number): Promise<UpdateStream> {
  const iterator = request[Symbol.asyncIterator]();
  const first = await iterator.next();
  const message = first.done === true ? undefined : first.value.message;
  if (message?.$case !== 'header') throw refused('the first message must be a header');
  const { feed, fingerprint, fetchedAt, staleAfterHours } = message.value;
  if (!FEED_ID.test(feed)) throw refused('header.feed is not a feed id');
  requireShort('header.fingerprint', fingerprint);
  const fetchedAtMs = Date.parse(fetchedAt);
  if (Number.isNaN(fetchedAtMs)) throw refused('header.fetched_at is not an RFC 3339 time');
  const header: FeedFacts = {
    feed,
    fingerprint,
    // A clock ahead of ours must not make data look fresh for longer than it is.
    fetchedAtMs: Math.min(fetchedAtMs, nowMs),
    staleAfterHours: Math.min(staleAfterHours, STALE_AFTER_HOURS_MAX),
  };
  return { header, messages: readMessages(iterator) };
}

async function* readMessages(iterator: AsyncIterator<ApplyUpdateRequest>): AsyncGenerator<UpdateMessage> {
  let removed: boolean | undefined;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    const { message } = next.value;
    switch (message?.$case) {
      case 'partition':
        removed = message.value.removed;
        yield { kind: 'partition', partition: readPartition(message.value) };
        break;
      case 'advisory': {
        if (removed === undefined) throw refused('an advisory comes before any partition');
        if (removed) throw refused('an advisory follows a removed partition');
        const advisory = advisoryFromWire(message.value);
        yield {
          kind: 'advisory',
          key: message.value.key,
          advisory: advisory.ok ? stageAdvisory(advisory.value) : err(`${advisory.error.at} ${advisory.error.reason}`),
        };
        break;
      }
      case 'enrichment': {
        if (removed === undefined) throw refused('an enrichment comes before any partition');
        if (removed) throw refused('an enrichment follows a removed partition');
        yield { kind: 'enrichment', key: message.value.key, enrichment: readEnrichment(message.value) };
        break;
      }
      case 'commit':
        yield { kind: 'commit', advisories: message.value.advisories };
        return;
      case 'header':
        throw refused('a second header');
      case undefined:
        throw refused('an empty message');
    }
  }
  throw refused('the stream ended without a commit');
}

/** The name of a flaw is in an index; what is known of one is small. */
function readEnrichment(message: WireEnrichment): Result<Enrichment, string> {
  const enrichment = enrichmentFromWire(message);
  if (!enrichment.ok) return err(`${enrichment.error.at} ${enrichment.error.reason}`);
  const { key, flaw, facts } = enrichment.value;
  if (Buffer.byteLength(key) > TEXT_BYTES_MAX || Buffer.byteLength(flaw) > TEXT_BYTES_MAX)
    return err(`key or flaw is longer than ${TEXT_BYTES_MAX} bytes`);
  if (JSON.stringify(facts).length > FACTS_CHARS_MAX) return err(`facts are longer than ${FACTS_CHARS_MAX} characters`);
  return enrichment;
}

function readPartition(partition: UpdatePartitionMessage): UpdatePartition {
  if (partition.name === '') throw refused('partition.name must not be empty');
  requireShort('partition.name', partition.name);
  requireShort('partition.fingerprint', partition.fingerprint);
  requireShort('partition.base_fingerprint', partition.baseFingerprint);
  if (partition.namespaces.length > NAMESPACES_MAX) throw refused(`more than ${NAMESPACES_MAX} namespaces`);
  for (const namespace of partition.namespaces) requireShort('partition.namespaces', namespace);
  if (partition.removed && partition.changesOnly) throw refused('partition.removed and partition.changes_only');
  if (partition.endedKeys.length > 0 && !partition.changesOnly) {
    throw refused('partition.ended_keys without partition.changes_only');
  }
  if (partition.endedKeys.length > ENDED_KEYS_MAX) throw refused(`more than ${ENDED_KEYS_MAX} ended keys`);
  for (const key of partition.endedKeys) requireShort('partition.ended_keys', key);
  return {
    name: partition.name,
    fingerprint: partition.fingerprint,
    namespaces: [...new Set(partition.namespaces)].sort(),
    removed: partition.removed,
    rejected: partition.rejectedRecords,
    changesOnly: partition.changesOnly,
    endedKeys: [...new Set(partition.endedKeys)],
    baseFingerprint: partition.baseFingerprint,
  };
}

interface UpdatePartitionMessage {
  readonly name: string;
  readonly fingerprint: string;
  readonly namespaces: readonly string[];
  readonly removed: boolean;
  readonly rejectedRecords: number;
  readonly changesOnly: boolean;
  readonly endedKeys: readonly string[];
  readonly baseFingerprint: string;
}

function requireShort(field: string, text: string): void {
  if (Buffer.byteLength(text) > TEXT_BYTES_MAX) throw refused(`${field} is longer than ${TEXT_BYTES_MAX} bytes`);
  if (text.includes('\u0000')) throw refused(`${field} holds U+0000`);
}

function refused(reason: string): ServiceError {
  return new ServiceError('invalid-argument', `update refused: ${reason}`);
}
