import { err, type OwnedFiles, ok, type Result, type ScannedPackage } from '@clair/model';
import { quoted } from '../../plain-text.ts';
import { ProblemList } from '../../problem-list.ts';
import type { ScanOutcome, UnreadableFile } from '../../scanner.ts';
import type { HeaderRecords } from './header-record.ts';
import { toInstalledPackage } from './installed-package.ts';
import { readRpmHeader } from './rpm-header.ts';

/** A whole distribution has some 70,000 packages; nobody has installed that. */
const RECORDS_MAX = 100_000;

/**
 * The packages of a database. What costs the database makes it unreadable, packages read before included: half of a
 * list would pass for a whole one. A record that does not read is a problem, and the others are kept.
 */
export function readDatabase(records: HeaderRecords): Result<ScanOutcome, UnreadableFile> {
  const problems = new ProblemList();
  const packages: ScannedPackage[] = [];
  const owned: OwnedFiles[] = [];
  let count = 0;
  for (const record of records) {
    count += 1;
    if (count > RECORDS_MAX) return err({ kind: 'malformed', reason: `more than ${RECORDS_MAX} records` });
    if (!record.ok) {
      if (record.error.costs === 'database') return err({ kind: 'malformed', reason: record.error.reason });
      problems.add(record.error.reason);
      continue;
    }
    const { at, bytes } = record.value;
    const header = readRpmHeader(bytes);
    const installed = header.ok ? toInstalledPackage(header.value) : header;
    if (!installed.ok) {
      problems.add(`${at}: ${installed.error}`);
      continue;
    }
    if (!header.ok || installed.value === undefined) continue;
    packages.push(installed.value.package);
    for (const reason of installed.value.problems) problems.add(`${at}: ${reason}`);
    const files = header.value.files();
    if (files.ok) owned.push({ owner: header.value.name, paths: files.value });
    else problems.add(`${at}: package ${quoted(header.value.name)}: its list of files: ${files.error}`);
  }
  return ok({ packages, owned, problems: problems.reasons() });
}
