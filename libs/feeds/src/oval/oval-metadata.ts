import type { Severity } from '@clair/model';
import { attributeText, childElement, childElements, type XmlElement } from '../xml/xml-element.ts';

/** `<reference source="CVE" ref_id="CVE-2024-1" ref_url="https://…"/>` */
export interface OvalReference {
  readonly source: string;
  readonly id: string;
  readonly url: string;
}

export function references(metadata: XmlElement): readonly OvalReference[] {
  return childElements(metadata, 'reference').map((reference) => ({
    source: attributeText(reference, 'source'),
    id: attributeText(reference, 'ref_id'),
    url: attributeText(reference, 'ref_url'),
  }));
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;

/** The day or instant as RFC 3339 (UTC where none is said); empty for anything else. */
export function instantOf(text: string): string {
  if (DATE.test(text)) return `${text}T00:00:00Z`;
  const [, day, time, zone = 'Z'] = INSTANT.exec(text) ?? [];
  return day === undefined ? '' : `${day}T${time}${zone}`;
}

/** When `<advisory>` says it was issued; empty when it does not. */
export function issuedAt(metadata: XmlElement): string {
  const advisory = childElement(metadata, 'advisory');
  return instantOf(attributeText(childElement(advisory, 'issued'), 'date'));
}

const CVE = /CVE-\d{4}-\d{4,}/;

/** The CVE id in a text: `CVE-2024-1000` of `CVE:00001:CVE-2024-1000`. */
export function cveIn(text: string): string | undefined {
  return CVE.exec(text)?.[0];
}

/** http and https links, each once, in order. */
export function uniqueLinks(urls: readonly string[]): readonly string[] {
  return [...new Set(urls.filter((url) => /^https?:\/\/[^\s]+$/.test(url)))];
}

const SEVERITIES: ReadonlyMap<string, Severity> = new Map([
  ['low', 'Low'],
  ['moderate', 'Medium'],
  ['medium', 'Medium'],
  ['important', 'High'],
  ['high', 'High'],
  ['critical', 'Critical'],
]);

/** The vendors' common words; any other word is Unknown. */
export function severityOf(word: string): Severity {
  return SEVERITIES.get(word.toLowerCase()) ?? 'Unknown';
}
