import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import type { ClairConfig } from '@clair/service-kit';
import { type ConfiguredFeed, configuredFeeds } from '../configured-feeds.ts';
import { feedFingerprint, updateMessages } from '../run/apply.ts';
import type { Fetcher } from '../run/fetcher.ts';
import { failuresOf, prepareFeed } from '../run/prepare-feed.ts';
import { toSent } from '../run/run-feed.ts';
import { encodeDelimited } from '../run/spool.ts';
import { openWorkDirectory } from '../run/work-directory.ts';
import { BUNDLE_MAGIC } from './bundle-format.ts';

/** Damage in the middle would else be read as advisories. */
const ZSTD = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

export interface BundleDeps {
  readonly fetcher: Fetcher;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

export interface ExportedFeed {
  readonly feed: string;
  readonly partitions: number;
  readonly advisories: number;
  /** A sentence each: what is missing from the bundle, and why. */
  readonly failures: readonly string[];
}

/** Writes every configured feed, fetched now, into a bundle. What could not be fetched is missing from it, and is said. */
export async function writeBundle(config: ClairConfig, out: Writable, deps: BundleDeps): Promise<ExportedFeed[]> {
  const exported: ExportedFeed[] = [];
  const limits = { rejectedRatio: 1, growthRatio: Number.POSITIVE_INFINITY };
  const context = { ...deps, limits, exported, concurrency: config.updater.limits.requests };
  async function* messages(): AsyncGenerator<Uint8Array> {
    for (const configured of configuredFeeds(config).feeds) yield* feedMessages(configured, context);
  }
  out.write(BUNDLE_MAGIC);
  await pipeline(Readable.from(messages(), { objectMode: false }), createZstdCompress(ZSTD), out);
  return exported;
}

interface FeedContext extends BundleDeps {
  readonly limits: { readonly rejectedRatio: number; readonly growthRatio: number };
  readonly exported: ExportedFeed[];
  readonly concurrency: number;
}

async function* feedMessages({ feed, options }: ConfiguredFeed, context: FeedContext): AsyncGenerator<Uint8Array> {
  const fetchedAt = new Date(context.clock()).toISOString();
  // The work directory lives as long as its messages are being taken.
  const directory = await openWorkDirectory();
  try {
    const input = {
      feed,
      options,
      known: new Map(),
      held: new Map(),
      force: false,
      whole: true,
      signal: context.signal,
    };
    const prepared = await prepareFeed({ ...input, directory: directory.path }, context);
    if (!prepared.ok) {
      context.exported.push({ feed: feed.id, partitions: 0, advisories: 0, failures: prepared.error });
      return;
    }
    const ready = prepared.value.filter((one) => one.kind === 'ready').map((one) => toSent(one, input.held));
    const failures = failuresOf(prepared.value);
    const advisories = ready.reduce((sum, one) => sum + one.advisories, 0);
    context.exported.push({ feed: feed.id, partitions: ready.length, advisories, failures });
    if (ready.length === 0) return;
    const update = {
      feed: feed.id,
      fetchedAt: failures.length === 0 ? fetchedAt : new Date(0).toISOString(),
      staleAfterHours: feed.staleAfterHours,
      partitions: ready,
      removed: [],
      fingerprint: feedFingerprint(ready.map(({ name, fingerprint }) => [name, fingerprint])),
    };
    for await (const message of updateMessages(update)) yield encodeDelimited(message);
  } finally {
    await directory.remove();
  }
}
