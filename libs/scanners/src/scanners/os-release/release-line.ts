import type { Distribution } from '@clair/model';
import { isPlainText, quoted } from '../../plain-text.ts';
import type { ScanOutcome } from '../../scanner.ts';
import { textLines } from '../../text-lines.ts';
import { idFor, idOfName } from './distribution-names.ts';
import { named } from './named-distribution.ts';

/**
 * The first line of `redhat-release` and its likes: `CentOS Linux release 7.6.1810 (Core)`, `VMware Photon OS 4.0`.
 * A line that is neither is a problem: the file is there to name the distribution.
 */
export function readReleaseLine(text: string): ScanOutcome {
  const line = firstLine(text);
  const distribution = distributionOfReleaseLine(line) ?? distributionOfNameAndVersion(line);
  if (distribution !== undefined) return { packages: [], distribution, problems: [] };
  return { packages: [], problems: [`names no distribution and release: ${quoted(line)}`] };
}

/** `NAME release VERSION`, and what may follow it in parentheses. A name that nobody knows becomes an `ID` of itself. */
export function distributionOfReleaseLine(line: string): Distribution | undefined {
  if (!isPlainText(line)) return undefined;
  const at = line.indexOf(' release ');
  const name = line.slice(0, Math.max(at, 0)).trim();
  const [, versionId, rest = ''] =
    /^(\d[\w.]*)(?:[ \t]+(\S.*))?$/.exec(line.slice(at + ' release '.length).trim()) ?? [];
  if (name === '' || versionId === undefined) return undefined;
  const version = rest === '' ? versionId : `${versionId} ${rest}`;
  return named({ did: idFor(name), name, version, versionId, prettyName: line });
}

/** `NAME VERSION` of a name in the table; any two words could be one of another. */
export function distributionOfNameAndVersion(line: string): Distribution | undefined {
  if (!isPlainText(line)) return undefined;
  const [, name = '', versionId = ''] = /^([A-Za-z][^0-9]*) (\d[\w.]*)(?: |$)/.exec(line) ?? [];
  const did = idOfName(name);
  return did === undefined ? undefined : named({ did, name, versionId, prettyName: line });
}

/** The first line with something on it, without blanks around it; empty when there is none. */
export function firstLine(text: string): string {
  for (const line of textLines(text)) {
    const content = line.text.trim();
    if (content !== '') return content;
  }
  return '';
}
