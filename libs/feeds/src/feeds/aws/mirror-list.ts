import { err, ok, type Result } from '@clair/model';

const MIRRORS_MAX = 50;
const HTTP_URL = /^https?:\/\/[^\s/?#$]+[^\s$]*$/i;

/**
 * The addresses of a repository that its mirror list names, in the list's order, without a slash at the end. All hold the same.
 * The error says what stands there instead.
 */
export function readMirrorList(text: string): Result<readonly [string, ...string[]], string> {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = lines.find((line) => !HTTP_URL.test(line));
  if (wrong !== undefined)
    return err(`a line of the mirror list is no address: ${JSON.stringify(wrong.slice(0, 100))}`);
  const [first, ...rest] = lines.slice(0, MIRRORS_MAX).map((line) => line.replace(/\/+$/, ''));
  return first === undefined ? err('the mirror list is empty') : ok([first, ...rest]);
}
