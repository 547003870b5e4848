import { compareSeverity, parseSeverity, type Severity } from '@clair/model';
import { CommandError } from '../api.ts';
import type { ReportV2 } from '../api-shapes.ts';
import { findImage, notesOf, readPlatform, withManifest } from '../image.ts';
import { troubleOfInputs } from '../named-inputs.ts';
import { renderReport } from '../output/report-text.ts';
import { toReportView } from '../output/to-report-view.ts';
import type { Progress } from '../progress.ts';
import { readSbomFile, sbomFileOf } from '../sbom-file.ts';
import { type Target, type TargetOptions, withTarget } from '../target.ts';

export const EXIT_FINDINGS = 2;

export interface ReportOptions extends TargetOptions {
  readonly out: 'text' | 'json';
  readonly failOn: string | undefined;
  readonly minSeverity: string | undefined;
  readonly platform: string | undefined;
  readonly insecure: boolean;
  readonly keepGoing: boolean;
  /** In an embedded service, run the feeds whose data is old before matching. */
  readonly update: boolean;
}

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colour: boolean;
  readonly progress: Progress;
  /** Aborted when the person interrupts: the command ends, and so does what was started for it. */
  readonly signal: AbortSignal;
}

interface Reported {
  readonly image: string;
  readonly layers: readonly string[];
  readonly notes: readonly string[];
  readonly report: ReportV2;
}

/**
 * Indexes and reports each image, and reports each `sbom:FILE`, in the order given. Resolves to the exit code: 0, or 2 when a finding is at or above
 * `--fail-on` (a finding that could not be decided counts by its severity like any other). An image that fails is an
 * error: exit code 1, at once, or after the others with `--keep-going`. So is, with `--fail-on`, an image of which
 * nothing could be looked up: who gates on findings must not pass what nobody looked at. An error outranks a finding.
 */
export async function report(images: readonly string[], options: ReportOptions, terminal: Terminal): Promise<number> {
  const failOn = severityOption('--fail-on', options.failOn);
  const minSeverity = severityOption('--min-severity', options.minSeverity);
  if (options.platform !== undefined) readPlatform(options.platform);
  const troubles = await troubleOfInputs(images);
  if (!options.keepGoing || images.every((image) => troubles.has(image))) refuse([...troubles.values()], terminal);
  return withTarget(options, terminal, async (target) => {
    if (target.isEmbedded && target.mayFetch && options.update) await refreshFeeds(target, terminal, options.debug);
    let exitCode = 0;
    for (const image of images) {
      try {
        const trouble = troubles.get(image);
        if (trouble !== undefined) throw trouble;
        const reported = await reportOne(image, target, options, terminal);
        print(reported, { ...options, minSeverity }, terminal);
        if (failOn !== undefined) exitCode = worseExit(exitCode, gate(reported, failOn, terminal));
      } catch (error) {
        terminal.progress.clear();
        if (!(error instanceof CommandError) || !options.keepGoing) throw error;
        terminal.err(`clairctl: ${error.message}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  });
}

/** Says all of them, the last by throwing it. */
function refuse(troubles: readonly CommandError[], terminal: Terminal): void {
  for (const { message } of troubles.slice(0, -1)) terminal.err(`clairctl: ${message}\n`);
  const last = troubles.at(-1);
  if (last !== undefined) throw last;
}

function severityOption(option: string, text: string | undefined): Severity | undefined {
  if (text === undefined) return undefined;
  const severity = parseSeverity(text);
  if (severity === undefined)
    throw new CommandError(`${option} ${text}: use Unknown, Negligible, Low, Medium, High or Critical`);
  return severity;
}

/** Runs what is stale; a feed that fails is said, and the report's coverage says the rest. */
async function refreshFeeds(target: Target, terminal: Terminal, debug: boolean): Promise<void> {
  const due = (await target.api.feeds()).filter((feed) => feed.stale || Date.parse(feed.next_run_at) <= Date.now());
  let failed = 0;
  for (const { feed, title } of due) {
    terminal.progress.say(`updating ${title}`);
    for (const run of await target.api.runFeeds([feed], false)) {
      if (run.error === '') continue;
      failed++;
      terminal.progress.clear();
      terminal.err(`${feedTrouble(run, debug)}\n`);
    }
  }
  if (failed > 0)
    terminal.err(
      `clairctl: ${failed} of ${due.length} feeds could not be updated, or not whole; "clairctl feeds" says why\n`,
    );
}

/** The reason of a feed with many parts names each of them: with all feeds failing, they would hide what is said after them. */
const FEED_TROUBLE_LENGTH_MAX = 160;

export function feedTrouble(
  { feed, error }: { readonly feed: string; readonly error: string },
  whole: boolean,
): string {
  const line = `clairctl: feed ${feed}: ${error.replaceAll(/\s+/g, ' ')}`;
  return whole || line.length <= FEED_TROUBLE_LENGTH_MAX ? line : `${line.slice(0, FEED_TROUBLE_LENGTH_MAX - 2)} …`;
}

function reportOne(text: string, target: Target, options: ReportOptions, terminal: Terminal): Promise<Reported> {
  const file = sbomFileOf(text);
  return file === undefined
    ? reportImage(text, target, options, terminal)
    : reportSbom({ text, file }, target, terminal);
}

async function reportSbom(
  { text, file }: { readonly text: string; readonly file: string },
  target: Target,
  terminal: Terminal,
): Promise<Reported> {
  terminal.progress.say(`${text}: reading`);
  const document = await readSbomFile(file, terminal.signal);
  terminal.progress.say(`${text}: matching`);
  const found = await target.api.sbomReport(document).catch((error: unknown) => {
    throw error instanceof CommandError ? new CommandError(`${text}: ${error.message}`) : error;
  });
  terminal.progress.clear();
  return { image: text, layers: [], notes: [], report: found };
}

async function reportImage(
  text: string,
  target: Target,
  options: ReportOptions,
  terminal: Terminal,
): Promise<Reported> {
  terminal.progress.say(`${text}: resolving`);
  const image = await findImage(text, { ...options, signal: terminal.signal });
  const layerCount = image.resolved.layers.length;
  terminal.progress.say(`${text}: indexing ${layerCount} layer${layerCount === 1 ? '' : 's'}`);
  await withManifest(image, target.isLocal, (manifest) => target.api.index(manifest));
  terminal.progress.say(`${text}: matching`);
  const found = await target.api.report(image.resolved.digest);
  terminal.progress.clear();
  return {
    image: text,
    layers: image.resolved.layers.map((layer) => layer.digest),
    notes: notesOf(image.resolved),
    report: found,
  };
}

function print(
  reported: Reported,
  options: { readonly out: 'text' | 'json'; readonly minSeverity: Severity | undefined },
  terminal: Terminal,
): void {
  if (options.out === 'json') {
    terminal.out(`${JSON.stringify({ image: reported.image, notes: reported.notes, ...reported.report })}\n`);
    return;
  }
  const view = toReportView(reported.report, { ...reported, nowMs: Date.now() });
  const shown =
    options.minSeverity === undefined
      ? view.findings
      : view.findings.filter(({ severity }) => atLeast(severity, options.minSeverity ?? 'Unknown'));
  terminal.out(
    renderReport(
      { ...view, findings: shown },
      { colour: terminal.colour, hidden: view.findings.length - shown.length, hiddenBelow: options.minSeverity ?? '' },
    ),
  );
}

/** The exit code of one report under `--fail-on`; says why when it is not the findings' doing. */
function gate(reported: Reported, failOn: Severity, terminal: Terminal): number {
  if (hasFinding(reported.report, failOn)) return EXIT_FINDINGS;
  if (reported.report.coverage.verdict !== 'unknown') return 0;
  terminal.err(`clairctl: ${reported.image}: nothing of it could be looked up, so --fail-on does not pass it\n`);
  return 1;
}

function worseExit(a: number, b: number): number {
  return a === 1 || b === 1 ? 1 : Math.max(a, b);
}

function hasFinding(found: ReportV2, failOn: Severity): boolean {
  return found.findings.some((finding) => atLeast(finding.normalized_severity, failOn));
}

function atLeast(text: string, severity: Severity): boolean {
  return compareSeverity(parseSeverity(text) ?? 'Unknown', severity) >= 0;
}
