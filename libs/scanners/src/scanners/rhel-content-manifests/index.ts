import { err, ok, type Result } from '@clair/model';
import { parseJsonObject } from '../../json-document.ts';
import { isPlainText, quoted } from '../../plain-text.ts';
import { ProblemList } from '../../problem-list.ts';
import type { Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** `labels.json` lies in the same directory and is another scanner's. */
const PATH =
  /^(?:root\/buildinfo\/content_manifests|usr\/share\/buildinfo(?:\/content_manifests)?)\/(?!labels\.json$)[^/]+\.json$/;
const CONTENT_SETS_MAX = 10_000;

/** Which repositories the packages of an image of Red Hat's came from. @see https://github.com/containerbuildsystem/atomic-reactor/blob/master/docs/image_content_manifests.md */
export const rhelContentManifests = {
  id: 'rhel-content-manifests',
  version: '1',
  kind: 'repository',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => path.endsWith('.json') && PATH.test(path),
  read: (file) => readContentManifest(file.text()),
} satisfies Scanner;

function readContentManifest(text: string): Result<ScanOutcome, UnreadableFile> {
  const manifest = parseJsonObject(text);
  if (!manifest.ok) return manifest;
  const { content_sets: sets } = manifest.value;
  if (!Array.isArray(sets)) return err({ kind: 'malformed', reason: 'content_sets is no list' });
  const problems = new ProblemList();
  const contentSets = new Set<string>();
  for (const set of sets) {
    if (typeof set !== 'string' || set === '' || !isPlainText(set)) {
      problems.add(`not a content set: ${quoted(String(set))}`);
    } else if (contentSets.size === CONTENT_SETS_MAX) {
      problems.add(`more than ${CONTENT_SETS_MAX} content sets`);
      break;
    } else {
      contentSets.add(set);
    }
  }
  const repositories = { contentSets: [...contentSets].sort(), cpes: [], origins: [] };
  return ok({ packages: [], repositories, problems: problems.reasons() });
}
