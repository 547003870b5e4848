import type { LayerReport, Result } from '@clair/model';
import type { LayerError } from '@clair/oci';
import type { Metrics } from '@clair/service-kit';

export interface IndexerMetrics {
  layerScanned(seconds: number, report: Result<LayerReport, LayerError>): void;
  manifestIndexed(outcome: 'finished' | 'refused' | 'interrupted' | 'error'): void;
  limited(): void;
  fileRead(scanner: string, seconds: number): void;
  inventoriesCollected(inventories: number): void;
  packagesCollected(packages: number): void;
}

/** The indexer's own metrics; requests are counted by the servers. */
export function createIndexerMetrics(metrics: Metrics): IndexerMetrics {
  const bytes = metrics.counter({
    name: 'clair_indexer_layer_bytes_total',
    help: 'Bytes of layer blobs read, as transferred.',
  });
  const seconds = metrics.histogram({
    name: 'clair_indexer_layer_seconds',
    help: 'Time to fetch and scan one layer.',
    labelNames: ['outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  });
  const problems = metrics.counter({
    name: 'clair_indexer_file_problems_total',
    help: 'Files, or records of files, that a scanner could not read.',
    labelNames: ['scanner', 'kind'],
  });
  const manifests = metrics.counter({
    name: 'clair_indexer_manifests_total',
    help: 'Manifests asked to be indexed, by outcome.',
    labelNames: ['outcome'],
  });
  const inventories = metrics.counter({
    name: 'clair_indexer_inventories_collected_total',
    help: 'Inventories forgotten because no manifest has them any more.',
  });
  const packages = metrics.counter({
    name: 'clair_indexer_packages_collected_total',
    help: 'Packages forgotten because no image holds them any more.',
  });
  const limited = metrics.counter({
    name: 'clair_indexer_limited_requests_total',
    help: 'Index requests turned away because too many were running.',
  });
  const scannerSeconds = metrics.counter({
    name: 'clair_indexer_scanner_seconds_total',
    help: 'Time that scanners spent reading files.',
    labelNames: ['scanner'],
  });
  const filesRead = metrics.counter({
    name: 'clair_indexer_files_read_total',
    help: 'Files that scanners have read.',
    labelNames: ['scanner'],
  });
  return {
    layerScanned(durationSeconds, report) {
      seconds.observe({ outcome: report.ok ? 'scanned' : report.error.kind }, durationSeconds);
      if (!report.ok) return;
      bytes.inc(report.value.blobBytes);
      for (const problem of report.value.problems) problems.inc({ scanner: problem.scanner, kind: problem.kind });
    },
    manifestIndexed: (outcome) => manifests.inc({ outcome }),
    inventoriesCollected: (count) => inventories.inc(count),
    packagesCollected: (count) => packages.inc(count),
    limited: () => limited.inc(),
    fileRead(scanner, durationSeconds) {
      scannerSeconds.inc({ scanner }, durationSeconds);
      filesRead.inc({ scanner });
    },
  };
}
