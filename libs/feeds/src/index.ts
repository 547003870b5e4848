export {
  type ArchiveContent,
  type ChangedDocument,
  type ChangeLog,
  type Feed,
  type FeedOptions,
  type FeedPlan,
  type FeedRecord,
  type FetchRequest,
  MalformedDocument,
  type ParseAids,
  type Partition,
  type PartitionIndex,
} from './feed.ts';
export { alpine } from './feeds/alpine/index.ts';
export { debian } from './feeds/debian/index.ts';
export type { RecordFilter } from './record-filter.ts';
export { FEEDS, feedById } from './registry.ts';
export type { Scratch } from './scratch.ts';
