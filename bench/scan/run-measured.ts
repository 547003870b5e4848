import { spawn } from 'node:child_process';
import type { IndexRequest, ScanRequest } from './measured-image.ts';

/** Runs a script of this folder in a process of its own, so that its memory is its own, and reads what it prints. */
export async function runMeasured<T>(script: string, request: IndexRequest | ScanRequest): Promise<T> {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  // Safety: the script prints a T and nothing else, or fails.
  return JSON.parse(text) as T;
}
