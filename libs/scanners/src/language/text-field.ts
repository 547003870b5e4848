import type { JsonObject } from '../json-document.ts';
import { isJsonObject } from '../json-document.ts';

/** The text under a key; empty where there is none, or something else. */
export function textOf(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

/** The object under a key; empty where there is none, or something else. */
export function objectOf(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** The list under a key; empty where there is none, or something else. */
export function listOf(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key];
  return Array.isArray(value) ? value : [];
}
