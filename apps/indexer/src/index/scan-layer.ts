import { err, type FileProblem, type LayerReport, ok, type Result } from '@clair/model';
import {
  type LayerError,
  type LayerLimits,
  type LayerStream,
  type LayerSummary,
  readLayer,
  type SkipReason,
} from '@clair/oci';
import { LayerReportBuilder, type Scanner } from '@clair/scanners';

export interface ScanOptions {
  readonly scanners: readonly Scanner[];
  readonly limits: LayerLimits;
  readonly signal: AbortSignal;
}

/**
 * Scans a layer in one streaming pass. Only where a wanted path turns out to be a hard link to a file that went by
 * unread is the layer opened a second time, for that file.
 */
export async function scanLayer(
  digest: string,
  open: () => Promise<Result<LayerStream, LayerError>>,
  options: ScanOptions,
): Promise<Result<LayerReport, LayerError>> {
  const first = await pass(digest, open, layerReportBuilder(options.scanners), options);
  if (!first.ok) return first;
  const unresolved = first.value.builder.unresolvedLinks();
  if (unresolved.length === 0) return ok(reportOf(first.value));
  const builder = layerReportBuilder(options.scanners, unresolved);
  const second = await pass(digest, open, builder, options);
  return second.ok ? ok(reportOf(second.value)) : second;
}

function layerReportBuilder(scanners: readonly Scanner[], alsoWanted: readonly string[] = []): LayerReportBuilder {
  const decoder = new TextDecoder();
  return new LayerReportBuilder({ scanners, decode: (bytes) => decoder.decode(bytes), alsoWanted });
}

interface Pass {
  readonly builder: LayerReportBuilder;
  readonly summary: LayerSummary;
}

/** With the entries that have no place in an image among its problems: what they were meant to be, nobody has read. */
function reportOf({ builder, summary }: Pass): LayerReport {
  const report = builder.finish({ blobBytes: summary.blobBytes, tarBytes: summary.tarBytes });
  const rejected: FileProblem[] = summary.rejected.map((entry) => ({
    scanner: 'tar',
    path: entry.name,
    kind: 'malformed',
    reason: entry.reason,
  }));
  const unnamed = summary.rejectedCount - summary.rejected.length;
  if (unnamed > 0) {
    const reason = `${unnamed} more entries have no place in an image`;
    rejected.push({ scanner: 'tar', path: '', kind: 'malformed', reason });
  }
  return rejected.length === 0 ? report : { ...report, problems: [...report.problems, ...rejected] };
}

async function pass(
  digest: string,
  open: () => Promise<Result<LayerStream, LayerError>>,
  builder: LayerReportBuilder,
  options: ScanOptions,
): Promise<Result<Pass, LayerError>> {
  const stream = await open();
  if (!stream.ok) return err(stream.error);
  let passedOver: string | undefined;
  const summary = await readLayer(
    stream.value,
    digest,
    options.limits,
    {
      directory: (path) => builder.directory(path),
      other: (path) => builder.other(path),
      hardlink: (path, target) => builder.hardlink(path, target),
      wants: (path) => builder.wants(path) > 0,
      wantsContent: (path, head, size) => {
        const isWanted = builder.wantsContent(path, head);
        if (!isWanted) passedOver = path;
        return isWanted && size <= builder.wants(path);
      },
      file: (path, content) => builder.file(path, content),
      skipped: (path, _, reason) => (path === passedOver ? builder.passOver(path) : skip(builder, path, reason)),
    },
    options.signal,
  );
  return summary.ok ? ok({ builder, summary: summary.value }) : summary;
}

function skip(builder: LayerReportBuilder, path: string, reason: SkipReason): void {
  if (builder.wants(path) === 0) builder.skip(path);
  else builder.file(path, reason === 'sparse' || reason === 'not-held' ? 'unread' : 'too-large');
}
