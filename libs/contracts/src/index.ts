/*
 * The contracts between the services: what `proto/` generates, converters to the domain model, and the events.
 *
 * Names. A message has the name of the proto. The messages whose name is also a domain type's (`Package`, `Affected`,
 * `Feed` …) are exported as `Wire…`, so that a file can use both without renaming: the message `WirePackage`, the
 * domain's `Package`. Each name is a type and a value (`WirePackage.encode`, `.decode`, `.fromPartial`).
 */

export {
  advisoryFromWire,
  advisoryToWire,
  affectedFromWire,
  affectedToWire,
} from './advisory-wire.ts';
export { canonicalJson } from './canonical-json.ts';
export {
  type DistributionV1,
  type EnvironmentV1,
  type IndexReportFacts,
  type IndexReportV1,
  type InventoryV1,
  indexReportV1,
  inventoryV1,
  type NumberedInventoryV1,
  type PackageV1,
  type VulnerabilityFacts,
  type VulnerabilityV1,
  vulnerabilityV1,
} from './clair-v1/index.ts';
export {
  type CloudEvent,
  EVENT_BYTES_MAX,
  encodeEvent,
  type MalformedEvent,
  parseEvent,
  readEnvelope,
} from './cloud-event.ts';
export { readDescriptorSet } from './descriptors.ts';
export { enrichmentFromWire, enrichmentToWire, factsFromWire, factsToWire } from './enrichment-wire.ts';
export {
  decodeEvent,
  type EventError,
  type EventOrigin,
  type KnownEvent,
  makeEvent,
  notificationCreated,
} from './event.ts';
export {
  ADVISORIES_CHANGED,
  type AdvisoriesChanged,
  type EventDataByType,
  type EventType,
  INLINE_NOTIFICATIONS_MAX,
  isEventType,
  MANIFEST_DELETED,
  MANIFEST_INDEXED,
  type ManifestDeleted,
  type ManifestIndexed,
  NOTIFICATION_CREATED,
  type NotificationCreated,
  type NotifiedChange,
  type NotifiedVulnerability,
} from './event-data.ts';
export {
  Advisory as WireAdvisory,
  Affected as WireAffected,
  type DeepPartial,
  Distribution as WireDistribution,
  Enrichment as WireEnrichment,
  FileProblem as WireFileProblem,
  InventoryPackage as WireInventoryPackage,
  type MessageFns,
  Package as WirePackage,
  PackageLocation as WirePackageLocation,
  SourcePackage as WireSourcePackage,
  VersionRange as WireVersionRange,
} from './generated/clair/common/v1/common.ts';
export {
  DeleteManifestsRequest,
  DeleteManifestsResponse,
  FindAffectedManifestsRequest,
  FindAffectedManifestsResponse,
  GetIndexReportRequest,
  GetIndexReportResponse,
  GetIndexStateRequest,
  GetIndexStateResponse,
  GetInventoryHashRequest,
  GetInventoryHashResponse,
  Header,
  type IndexerServiceClient,
  IndexerServiceDefinition,
  type IndexerServiceImplementation,
  IndexManifestRequest,
  IndexManifestResponse,
  IndexReport,
  Layer,
  type ServerStreamingMethodResult,
} from './generated/clair/indexer/v1/indexer.ts';
export {
  ApplyUpdateCommit,
  ApplyUpdateHeader,
  ApplyUpdatePartition,
  ApplyUpdateRequest,
  ApplyUpdateResponse,
  Coverage,
  DeleteUpdateOperationRequest,
  DeleteUpdateOperationResponse,
  DiffOperationsRequest,
  DiffOperationsResponse,
  Feed as WireFeed,
  FeedCoverage,
  FeedPartition,
  Finding,
  GetSbomReportRequest,
  GetSbomReportResponse,
  GetVulnerabilityReportRequest,
  GetVulnerabilityReportResponse,
  ListFeedsRequest,
  ListFeedsResponse,
  ListUpdateOperationsRequest,
  ListUpdateOperationsResponse,
  type MatcherServiceClient,
  MatcherServiceDefinition,
  type MatcherServiceImplementation,
  NamespaceCoverage,
  SetAside,
  UpdateOperation,
  Vulnerability,
  VulnerabilityReport,
} from './generated/clair/matcher/v1/matcher.ts';
export {
  DeleteNotificationsRequest,
  DeleteNotificationsResponse,
  Delivery,
  GetNotificationsRequest,
  GetNotificationsResponse,
  ListDeliveriesRequest,
  ListDeliveriesResponse,
  Notification,
  type NotifierServiceClient,
  NotifierServiceDefinition,
  type NotifierServiceImplementation,
  VulnerabilitySummary,
} from './generated/clair/notifier/v1/notifier.ts';
export {
  FeedRun,
  FeedStatus,
  ListFeedStatusRequest,
  ListFeedStatusResponse,
  RunFeedsRequest,
  RunFeedsResponse,
  type UpdaterServiceClient,
  UpdaterServiceDefinition,
  type UpdaterServiceImplementation,
} from './generated/clair/updater/v1/updater.ts';
export {
  distributionFromWire,
  distributionToWire,
  inventoryFromWire,
  inventoryToWire,
  problemFromWire,
  problemToWire,
  type WireInventory,
} from './inventory-wire.ts';
export { type LayerSource, type LayerSourceText, layerFromWire, layerToWire } from './layer-wire.ts';
export {
  inventoryPackageFromWire,
  inventoryPackageToWire,
  locationFromWire,
  locationToWire,
  packageFromWire,
  packageToWire,
} from './package-wire.ts';
export type { WireError } from './wire-error.ts';
