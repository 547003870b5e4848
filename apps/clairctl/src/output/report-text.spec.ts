import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LAYERS, NOW_MS, nothingFound, reportFixture } from '../testing/report-fixture.ts';
import { renderReport } from './report-text.ts';
import { toReportView } from './to-report-view.ts';

const PLAIN = { colour: false, hidden: 0, hiddenBelow: '' };
const view = (report = reportFixture(), notes: readonly string[] = []) =>
  toReportView(report, { image: 'example/app:1', layers: LAYERS, notes, nowMs: NOW_MS });

describe('renderReport', () => {
  it('shows the worst first, and what was looked at under it', async () => {
    const text = renderReport(view(reportFixture(), ['layer x is kept outside the registry']), PLAIN);
    await expect(text).toMatchFileSnapshot('fixtures/report.golden.txt');
  });

  it('shows of a document what could not be matched, by reason', async () => {
    const { manifest_hash: _, packages, ...rest } = reportFixture();
    const shared = { ...rest, packages: packages.map((one) => ({ ...one, locations: [] })) };
    const hex = 'packages of type hex are not matched by this version';
    const unmatched = [
      { component: 'gpg-pubkey 1-2', purl: '', reason: 'a signing key, not a package' },
      ...['cowboy', 'ecto', 'jason', 'plug'].map((component) => ({ component, purl: '', reason: hex })),
      ...Array.from({ length: 10 }, (_unused, n) => ({ component: `p${n}`, purl: '', reason: `reason\u001b ${n}` })),
    ];
    const sbom = { format: 'spdx', tool: 'trivy', components: 18, matched: 3 };
    const shown = toReportView(
      { ...shared, sbom, unmatched },
      { image: 'sbom:a.json', layers: [], notes: [], nowMs: NOW_MS },
    );
    await expect(renderReport(shown, PLAIN)).toMatchFileSnapshot('fixtures/sbom-report.golden.txt');
  });

  it('is the same text in colour', () => {
    const coloured = renderReport(view(), { ...PLAIN, colour: true });
    expect(coloured).toContain('\u001b[31mHigh\u001b[39m');
    expect(stripVTControlCharacters(coloured)).toBe(renderReport(view(), PLAIN));
  });

  it.each([
    ['complete', 'No known vulnerabilities in what was looked at.'],
    ['partial', 'No known vulnerabilities in the part that was looked at; see what was not.'],
    ['unknown', 'Nothing could be looked up: whether this image has vulnerabilities is not known.'],
  ] as const)('with nothing found and coverage %s: %s', (verdict, sentence) => {
    const lines = renderReport(view(nothingFound(verdict)), PLAIN).split('\n');
    expect(lines[3]).toBe(sentence);
    expect(lines[4]).toBe(`Coverage: ${verdict}`);
  });

  it('does not call clean what it was told to hide', () => {
    const text = renderReport(view(nothingFound('complete')), { ...PLAIN, hidden: 4, hiddenBelow: 'High' });
    expect(text).toContain('No known vulnerabilities of severity High or above');
    expect(text).toContain('4 below High not shown.');
  });

  it('neither cuts nor wraps long versions', () => {
    const version = `1:${'9'.repeat(150)}-1`;
    const findings = view().findings.map((finding) => ({ ...finding, installed: version }));
    const rows = renderReport({ ...view(), findings }, PLAIN)
      .split('\n')
      .filter((line) => line.includes(version));
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.lastIndexOf('#'))).size).toBe(1);
  });

  it('writes nothing of an image to the terminal but text', () => {
    const findings = view().findings.map((finding) => ({ ...finding, package: 'x\u001b[2Jy', id: 'CVE\u202e1' }));
    const evil = { ...view(), distribution: 'a\u001b]0;b\u0007', findings };
    expect(renderReport(evil, PLAIN).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
