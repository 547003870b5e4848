import type { Result } from '@clair/model';
import { type CutMember, type JsonMemberOptions, JsonMemberSplitter, parseJson } from './json-member-splitter.ts';

/** One member of a JSON document, parsed on its own. */
export interface JsonMember {
  /** The keys that lead to it, outermost first: one for each level of depth. */
  readonly path: readonly string[];
  /** The parsed value; or why it could not be had, which costs this member and not the document. */
  readonly value: Result<unknown, string>;
}

/**
 * The members of a document, streamed: those that each piece completes. Throws `MalformedDocument` as {@link JsonMemberSplitter} does.
 */
export async function* jsonMembers(
  document: AsyncIterable<Uint8Array>,
  options: JsonMemberOptions,
): AsyncIterable<readonly JsonMember[]> {
  for await (const members of cutMembers(document, options)) yield members.map(parsedMember);
}

/** As {@link jsonMembers}, not parsed yet. A text is good until the next group is asked for. */
export async function* cutMembers(
  document: AsyncIterable<Uint8Array>,
  options: JsonMemberOptions,
): AsyncIterable<readonly CutMember[]> {
  const splitter = new JsonMemberSplitter(options);
  for await (const bytes of document) {
    const members = splitter.push(bytes);
    if (members.length > 0) yield members;
  }
  splitter.end();
}

export function parsedMember({ path, text }: CutMember): JsonMember {
  return { path, value: text.ok ? parseJson(text.value) : text };
}
