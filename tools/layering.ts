import { join } from 'node:path';
import { checkRepository } from './layering/check-repository.ts';

/*
 * `npm run layering`: who may import whom. Prints `file:line: what is wrong (rule)` and exits 1, or says how many files
 * it has read. The rules are data in layering/layers.ts; layering.spec.ts proves that each of them can fail.
 */
const { files, violations } = checkRepository(join(import.meta.dirname, '..'));
for (const { file, line, what, rule } of violations) process.stderr.write(`${file}:${line}: ${what} (${rule})\n`);
if (violations.length > 0 || files === 0) {
  process.stderr.write(`layering: ${violations.length} violations in ${files} files\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`layering: ${files} files keep the rules\n`);
}
