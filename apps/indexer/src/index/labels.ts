import { err, ok, type Result } from '@clair/model';
import { isPlainText } from '@clair/scanners';

/** What whoever asks for an index says of the image: `repository`, `tag`, `team`. One value for each name. */
export type Labels = Readonly<Record<string, string>>;

const LABELS_MAX = 32;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,62}[A-Za-z0-9])?$/;
const VALUE_CHARS_MAX = 256;

/** The labels, or a sentence for their sender. */
export function parseLabels(labels: Labels): Result<Labels, string> {
  const entries = Object.entries(labels);
  if (entries.length > LABELS_MAX) return err(`labels: ${entries.length}, more than ${LABELS_MAX}`);
  for (const [name, value] of entries) {
    if (!NAME.test(name))
      return err(`labels: ${JSON.stringify(name.slice(0, 100))} is no name of 1 to 64 letters, digits and . _ / -`);
    if (value === '' || value.length > VALUE_CHARS_MAX || !isPlainText(value))
      return err(`labels.${name}: must be 1 to ${VALUE_CHARS_MAX} printable characters`);
  }
  return ok(labels);
}
