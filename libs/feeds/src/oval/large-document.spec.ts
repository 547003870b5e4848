import { expect, it } from 'vitest';
import type { Scratch } from '../scratch.ts';
import { memoryScratch } from '../testing/memory-scratch.ts';
import { type OvalAdvisory, ovalAdvisories } from './oval-advisories.ts';
import type { OvalDefinition } from './oval-document.ts';
import { packageMeaning } from './package-test.ts';

const DEFINITIONS = 3_000;
const MIB = 1024 * 1024;

/** Each definition has a description, tests and states of its own; every tenth extends one that comes last. */
function documentText(): string {
  const numbers = Array.from({ length: DEFINITIONS }, (_, i) => i + 1);
  const definitions = numbers.map((n) => {
    const platform = n % 10 === 0 ? '<extend_definition definition_ref="oval:x:def:9999"/>' : criterion(9999);
    const criteria = `<criteria>${platform}${criterion(n)}</criteria>`;
    return `<definition id="oval:x:def:${n}" class="patch"><metadata><title>title ${n}</title><description>${`${n} \u00e4 `.repeat(400)}</description></metadata>${criteria}</definition>`;
  });
  definitions.push(
    `<definition id="oval:x:def:9999" class="inventory"><metadata><title>p</title></metadata><criteria>${criterion(9999)}</criteria></definition>`,
  );
  const tests = [...numbers, 9999].map(
    (
      n,
    ) => `<rpminfo_test id="oval:x:tst:${n}" check="at least one"><object object_ref="oval:x:obj:${n}"/><state state_ref="oval:x:ste:${n}"/></rpminfo_test>
      <rpminfo_object id="oval:x:obj:${n}"><name>package-${n}</name></rpminfo_object>
      <rpminfo_state id="oval:x:ste:${n}"><evr operation="less than">0:${n}-1</evr></rpminfo_state>`,
  );
  return `<oval_definitions><definitions>${definitions.join('\n')}</definitions><tests>${tests.reverse().join('\n')}</tests></oval_definitions>`;
}

function criterion(n: number): string {
  return `<criterion test_ref="oval:x:tst:${n}"/>`;
}

async function* inPieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

function advisoryOf({ id, metadata }: OvalDefinition): OvalAdvisory {
  const [title, description] = metadata.children.map(({ text }) => text);
  const said = { key: id, name: title ?? '', description: description ?? '', issued: '', links: [] };
  return {
    advisory: { ...said, aliases: [], upstream: [] },
    base: { packageKind: 'binary', scheme: 'rpm', bulletin: '', severity: '', normalizedSeverity: 'Unknown' },
  };
}

async function readAll(document: Uint8Array, scratch?: Scratch) {
  const results: unknown[] = [];
  const dialect = {
    classes: ['patch'],
    meaning: (test: Parameters<typeof packageMeaning>[0]) =>
      test.names[0] === 'package-9999' ? { kind: 'platform' as const, namespaces: ['x:1'] } : packageMeaning(test),
    advisory: (definition: OvalDefinition) => ({ ok: true as const, value: advisoryOf(definition) }),
  };
  for await (const result of ovalAdvisories(inPieces(document), dialect, scratch)) results.push(result);
  return results;
}

it('says the same of a document whose definitions lie in a scratch file as of one in memory', async () => {
  const document = Buffer.from(documentText());
  const scratch = memoryScratch();
  const results = await readAll(document, scratch);
  expect(scratch.length).toBeGreaterThan(4 * MIB);
  expect(results).toEqual(await readAll(document));
  expect(results).toHaveLength(DEFINITIONS);
  expect(results[9]).toMatchObject({
    ok: true,
    value: {
      key: 'oval:x:def:10',
      description: '10 \u00e4 '.repeat(400).trim(),
      affected: [{ namespace: 'x:1', package: 'package-10', range: { fixed: '0:10-1' } }],
    },
  });
}, 20_000);
