export { type ImportedFeed, readBundle } from './bundle/read-bundle.ts';
export { type BundleDeps, type ExportedFeed, writeBundle } from './bundle/write-bundle.ts';
export { readFeedConfiguration } from './configured-feeds.ts';
export type { RunOutcome } from './runner.ts';
export { createUpdaterService, feedFetcher, type UpdaterDeps, type UpdaterService } from './service.ts';
export { migrations } from './store/migrations.ts';
