import { type Advisory, err, ok, type Rejection, type Result } from '@clair/model';
import { MalformedDocument } from '../feed.ts';
import type { Scratch } from '../scratch.ts';
import { affectedRows, type RowBase } from './affected-rows.ts';
import type { OvalCase, OvalMeaning } from './oval-case.ts';
import { type OvalDefinition, type OvalOptions, ovalDefinitions } from './oval-document.ts';
import type { OvalTest } from './oval-test.ts';
import { TextSet } from './text-set.ts';

/** An advisory but for its rows, and what the rows have in common. */
export interface OvalAdvisory {
  readonly advisory: Omit<Advisory, 'affected'>;
  readonly base: RowBase;
}

/** Cases after a feed has looked at them as a whole, and what of them it could not keep. */
export interface AdjustedCases {
  readonly cases: readonly OvalCase[];
  readonly problems: readonly string[];
}

/** What a feed knows of its source's definitions. */
export interface OvalDialect {
  readonly options?: OvalOptions;
  /** Classes of definitions that are advisories. `inventory` is never one and is passed over; others are rejected. */
  readonly classes: readonly string[];
  meaning(test: OvalTest): OvalMeaning;
  /** The error says why the definition is none of the source's. */
  advisory(definition: OvalDefinition): Result<OvalAdvisory, string>;
  /** Absent: the cases are kept as they are. */
  adjust?(cases: readonly OvalCase[], definition: OvalDefinition): AdjustedCases;
}

/** Products that are told apart; the rest is counted together. */
const PRODUCTS_MAX = 200;

/**
 * The advisories of an OVAL document in a source's dialect. A part of a definition that cannot be read is a rejection beside the
 * advisory of the rest; a product without a namespace here is one rejection, with the number of definitions that speak of it.
 */
export async function* ovalAdvisories(
  document: AsyncIterable<Uint8Array>,
  dialect: OvalDialect,
  scratch?: Scratch,
): AsyncIterable<Result<Advisory, Rejection>> {
  const definitionsByProduct = new Map<string, number>();
  const keys = new TextSet(scratch);
  let records = 0;
  for await (const definition of ovalDefinitions(document, { ...dialect.options, scratch })) {
    if (!definition.ok) yield definition;
    else if (definition.value.class !== 'inventory') {
      records++;
      const { results, elsewhere } = readDefinition(definition.value, dialect, keys);
      yield* results;
      for (const product of elsewhere) {
        const name =
          definitionsByProduct.has(product) || definitionsByProduct.size < PRODUCTS_MAX ? product : '(others)';
        definitionsByProduct.set(name, (definitionsByProduct.get(name) ?? 0) + 1);
      }
    }
  }
  if (records === 0) throw new MalformedDocument('the document is OVAL, but holds no advisory');
  for (const [product, count] of definitionsByProduct) {
    yield err({ at: 'criteria', reason: `nobody here covers ${product}: ${count} definitions say something of it` });
  }
}

interface ReadDefinition {
  readonly results: readonly Result<Advisory, Rejection>[];
  readonly elsewhere: readonly string[];
}

function readDefinition(definition: OvalDefinition, dialect: OvalDialect, keys: TextSet): ReadDefinition {
  const rejected = (reason: string) => err({ at: definition.id, reason });
  const only = (reason: string) => ({ results: [rejected(reason)], elsewhere: [] });
  if (!dialect.classes.includes(definition.class)) return only(`it is of the class ${definition.class || '(none)'}`);
  const read = dialect.advisory(definition);
  if (!read.ok) return only(read.error);
  const { advisory, base } = read.value;
  if (keys.has(advisory.key)) return only(`${advisory.key} is there a second time`);

  const { cases, problems, elsewhere } = definition.cases(dialect.meaning);
  const adjusted = dialect.adjust?.(cases, definition) ?? { cases, problems: [] };
  const made = affectedRows(adjusted.cases, base);
  const all = [...problems, ...adjusted.problems, ...made.problems];
  if (made.rows.length === 0 && all.length === 0 && elsewhere.length === 0) all.push('its criteria are never true');
  const results: Result<Advisory, Rejection>[] = all.map(rejected);
  if (made.rows.length > 0) {
    keys.add(advisory.key);
    results.unshift(ok({ ...advisory, affected: made.rows }));
  }
  return { results, elsewhere };
}
