import type { Finding, SetAside, Vulnerability, WireEnrichment } from '@clair/contracts';
import { BoundedCache } from './bounded-cache.ts';
import type { GroupedInventory } from './report/inventory-groups.ts';

/** What was found against one inventory as of one operation. */
export interface InventoryFindings {
  readonly findings: readonly Finding[];
  readonly setAside: readonly SetAside[];
  readonly vulnerabilities: readonly Vulnerability[];
  readonly enrichments: readonly WireEnrichment[];
}

/** Both caches hold what can never become wrong: a key names a content, not a place. */
export interface ReportCaches {
  /** By inventory hash. */
  readonly inventories: BoundedCache<GroupedInventory>;
  /** By what the findings follow from, see `findingsKey`. */
  readonly findings: BoundedCache<InventoryFindings>;
}

/** Measured on Node 24, rounded up: what the objects take in memory, the groups of an inventory included. */
const BYTES_PER_PACKAGE = 2_000;
const BYTES_PER_FINDING = 200;
const BYTES_PER_VULNERABILITY = 2_000;
const BYTES_PER_ENRICHMENT = 1_500;
const BYTES_PER_ENTRY = 4_000;

/** Each of the two takes at most `bytesMax`. */
export function createReportCaches(bytesMax: number): ReportCaches {
  return {
    inventories: new BoundedCache(
      bytesMax,
      ({ inventory }) => BYTES_PER_ENTRY + inventory.packages.length * BYTES_PER_PACKAGE,
    ),
    findings: new BoundedCache(bytesMax, findingsBytes),
  };
}

function findingsBytes({ findings, setAside, vulnerabilities, enrichments }: InventoryFindings): number {
  const texts = vulnerabilities.reduce((sum, { description }) => sum + description.length * 2, 0);
  return (
    BYTES_PER_ENTRY +
    texts +
    (findings.length + setAside.length) * BYTES_PER_FINDING +
    vulnerabilities.length * BYTES_PER_VULNERABILITY +
    enrichments.length * BYTES_PER_ENRICHMENT
  );
}
