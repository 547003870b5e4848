import { quantile } from './median.ts';

const READERS = [1, 10, 50];

/** Reads one URL for some seconds at each number of concurrent readers. */
export async function reports([url, seconds = '3']: readonly string[]): Promise<void> {
  if (url === undefined) throw new Error('which report? npm run bench -- reports URL [SECONDS]');
  await timed(url);
  const rows = [];
  for (const readers of READERS) {
    const until = performance.now() + Number(seconds) * 1000;
    const times: number[] = [];
    const started = performance.now();
    await Promise.all(
      Array.from({ length: readers }, async () => {
        while (performance.now() < until) times.push(await timed(url));
      }),
    );
    rows.push({
      readers,
      reads: times.length,
      'reads/s': (times.length / ((performance.now() - started) / 1000)).toFixed(0),
      'p50 ms': quantile(times, 0.5).toFixed(1),
      'p95 ms': quantile(times, 0.95).toFixed(1),
      'p99 ms': quantile(times, 0.99).toFixed(1),
    });
  }
  console.table(rows);
}

async function timed(url: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return performance.now() - started;
}
