import { accuracyReport, reportText } from './accuracy-report.ts';
import { absentDataSets } from './data-set.ts';

/** Replays what others found in real packages, and prints where we differ. docs/accuracy.md says who is right. */
export async function accuracy(): Promise<void> {
  const absent = absentDataSets();
  if (absent.length > 0) throw new Error(`data sets are not beside the repository: ${absent.join(', ')}`);
  const started = performance.now();
  console.log(reportText(await accuracyReport()));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\n${seconds} s, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
}
