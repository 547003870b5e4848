import { dataSetLines } from './data-set.ts';
import { type Comparison, compareScan, type Difference } from './differences.ts';
import type { Explanation } from './explanation.ts';
import { datedRows, FactHistory, type FeedFact } from './feed-facts.ts';
import { type RecordedFinding, type RecordedPackage, type RecordedScan, recordedScan } from './recorded-scan.ts';
import { replayImages } from './replay-images.ts';
import { Evidence } from './run-differences.ts';

/** What became of the scans of one release, or of one image. */
export interface ReplayedScans {
  readonly name: string;
  readonly scans: number;
  readonly packages: number;
  readonly findings: number;
  readonly identical: number;
  readonly missing: number;
  readonly surplus: number;
}

export interface ExplainedDifference extends Difference {
  readonly explanation: Explanation | undefined;
}

export interface ScanReplay {
  readonly runs: readonly ReplayedScans[];
  readonly images: readonly ReplayedScans[];
  readonly differences: readonly ExplainedDifference[];
}

interface RecordedRun {
  readonly date: string;
  readonly commit: string;
  readonly path: string;
  readonly results: readonly {
    readonly target: string;
    readonly class: string;
    readonly packages: readonly RecordedPackage[];
    readonly vulns: readonly RecordedFinding[];
  }[];
}

/** Replays the recorded scans of whole images, each with what the slices say was known on its day. */
export function replayScans(): ScanReplay {
  const facts = [...dataSetLines<FeedFact>('facts')];
  const rows = datedRows(facts);
  const history = new FactHistory(rows);
  const runs = [...recordedRuns()];
  const images = replayImages(runs);
  const evidence = new Evidence(facts, rows, [...runs, ...images]);
  const byRelease = new Map<string, RecordedScan[]>();
  for (const scan of runs) byRelease.set(scan.namespace, [...(byRelease.get(scan.namespace) ?? []), scan]);
  const differences: ExplainedDifference[] = [];
  const replayed = (name: string, scans: readonly RecordedScan[]): ReplayedScans => {
    const compared = scans.map((scan) => compareScan(scan, history.at(scan.date)));
    for (const difference of compared.flatMap((one) => one.differences)) {
      differences.push({ ...difference, explanation: evidence.explain(difference) });
    }
    return totals(name, scans, compared);
  };
  return {
    runs: [...byRelease].sort().map(([namespace, scans]) => replayed(namespace, scans)),
    images: images.map((scan) => replayed(scan.title, [scan])),
    differences,
  };
}

function totals(name: string, scans: readonly RecordedScan[], compared: readonly Comparison[]): ReplayedScans {
  const differences = compared.flatMap((one) => one.differences);
  const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
  return {
    name,
    scans: scans.length,
    packages: sum(scans.map((scan) => scan.packages.length)),
    findings: sum(scans.map((scan) => scan.findings.length)),
    identical: sum(compared.map((one) => one.identical)),
    missing: differences.filter(({ kind }) => kind === 'missing').length,
    surplus: differences.filter(({ kind }) => kind === 'surplus').length,
  };
}

/** The distribution packages of the recorded runs. `openaf/oaf:ubi (redhat 9.6)` is their target. */
function* recordedRuns(): Generator<RecordedScan> {
  for (const { date, commit, path, results } of dataSetLines<RecordedRun>('runs')) {
    for (const result of results.filter((one) => one.class === 'os-pkgs')) {
      const [, family = '', release = ''] = /\((\S+) ([^)]*)\)$/.exec(result.target) ?? [];
      const target = { title: `${commit} ${path}`, date: date.slice(0, 10), family, release };
      yield recordedScan(target, result.packages, result.vulns);
    }
  }
}
