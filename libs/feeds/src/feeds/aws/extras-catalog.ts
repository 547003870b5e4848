import { err, ok, type Result } from '@clair/model';
import { isJsonObject } from '../../json-fields.ts';

const TOPIC = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;
const TOPICS_MAX = 500;

/**
 * The names of the topics of Amazon Linux 2's extras, each once; the catalog lists them under `topics[].n`.
 * @see https://docs.aws.amazon.com/linux/al2/ug/al2-extras.html
 */
export function readExtrasCatalog(text: string): Result<readonly string[], string> {
  const catalog = parsed(text);
  if (!isJsonObject(catalog) || !Array.isArray(catalog.topics)) return err('the document is no catalog of extras');
  if (catalog.topics.length > TOPICS_MAX) return err(`the catalog has more than ${TOPICS_MAX} topics`);
  const names: string[] = [];
  for (const topic of catalog.topics) {
    const name: unknown = isJsonObject(topic) ? topic.n : undefined;
    if (typeof name !== 'string' || !TOPIC.test(name)) return err('a topic of the catalog has no name');
    names.push(name);
  }
  return names.length === 0 ? err('the catalog has no topics') : ok([...new Set(names)]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
