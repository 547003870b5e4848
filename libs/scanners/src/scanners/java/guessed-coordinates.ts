import { err, ok, type Result } from '@clair/model';
import type { Manifest } from './manifest.ts';
import type { Coordinates } from './pom-properties.ts';

const GROUP = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*$/;
const ARTIFACT = /^[A-Za-z0-9_][\w.-]*$/;

/**
 * Groups of libraries that are built without Maven, whose jars say of themselves nothing but their name. By the whole name of the
 * artifact, or its beginning.
 */
const KNOWN_GROUPS: readonly (readonly [RegExp, string])[] = [
  [/^spring-boot(?:-|$)/, 'org.springframework.boot'],
  [/^spring-security-/, 'org.springframework.security'],
  [/^spring-data-/, 'org.springframework.data'],
  [/^spring-cloud-/, 'org.springframework.cloud'],
  [/^spring-batch-/, 'org.springframework.batch'],
  [/^spring-integration-/, 'org.springframework.integration'],
  [
    /^spring-(?:aop|aspects|beans|context|context-support|core|expression|instrument|jcl|jdbc|jms|messaging|orm|oxm|r2dbc|test|tx|web|webflux|webmvc|websocket)$/,
    'org.springframework',
  ],
  [/^tomcat-embed-/, 'org.apache.tomcat.embed'],
  [/^kotlin-(?:stdlib|reflect)/, 'org.jetbrains.kotlin'],
  [/^okhttp(?:-|$)/, 'com.squareup.okhttp3'],
  [/^okio(?:-|$)/, 'com.squareup.okio'],
];

/** Apache's oldest libraries are their own groups. */
const OWN_GROUP =
  /^commons-(?:beanutils|chain|cli|codec|collections|configuration|daemon|dbcp|digester|discovery|el|email|fileupload|httpclient|io|jexl|jxpath|lang|logging|math|net|pool|validator)$/;

/** Who made it, where a group should stand; nothing is published under these. */
const VENDORS: ReadonlySet<string> = new Set(['org.apache', 'com.sun', 'com.oracle', 'org.jboss']);

/**
 * What a jar without Maven's own record is, from its manifest and its file name. Group and artifact must both be told: a package is looked up by both, and
 * one without the other is found nowhere, which would read as "not vulnerable". The error says what is missing.
 */
export function guessCoordinates(manifest: Manifest, fileName: string): Result<Coordinates, string> {
  const [, named = '', numbered = ''] = /^(.+?)-(\d[\w.+-]*)\.[a-z]+$/i.exec(fileName) ?? [];
  const stem = fileName.replace(/\.[a-z]+$/i, '');
  const said = (key: string): string => manifest.get(key) ?? '';
  const title = said('implementation-title');
  const artifact = [said('artifact-id'), named, title, stem].find((text) => ARTIFACT.test(text)) ?? '';
  const version = [
    said('implementation-version'),
    numbered,
    said('bundle-version'),
    said('specification-version'),
  ].find((text) => /^\d[\w.+-]*$/.test(text));
  if (artifact === '' || version === undefined)
    return err('neither its manifest nor its name says which version of what it is');
  const group = groupOf(artifact, said);
  return group === undefined
    ? err(`it looks like ${artifact} ${version}, and nothing says of which group`)
    : ok({ group, artifact, version });
}

function groupOf(artifact: string, said: (key: string) => string): string | undefined {
  if (OWN_GROUP.test(artifact)) return artifact;
  const stated = [said('group-id'), said('implementation-vendor-id')].find(
    (text) => GROUP.test(text) && !VENDORS.has(text),
  );
  const known = KNOWN_GROUPS.find(([pattern]) => pattern.test(artifact))?.[1];
  const ids = [said('bundle-symbolicname').replace(/;.*$/, '').trim(), said('automatic-module-name')];
  return known ?? stated ?? ids.flatMap((id) => prefixOf(id, artifact))[0];
}

/** `com.fasterxml.jackson.core` of `com.fasterxml.jackson.core.jackson-databind`, `org.apache.commons` of `org.apache.commons.lang3`. */
function prefixOf(id: string, artifact: string): readonly string[] {
  if (!GROUP.test(id)) return [];
  if (id.endsWith(`.${artifact}`)) return [id.slice(0, -artifact.length - 1)];
  const dotted = artifact.replaceAll('-', '.');
  return id.endsWith(`.${dotted}`) ? [id.slice(0, id.lastIndexOf('.'))] : [];
}
