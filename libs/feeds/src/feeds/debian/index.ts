import { type Advisory, err, ok, type Rejection, type Result } from '@clair/model';
import {
  type Feed,
  type FeedOptions,
  type FeedPlan,
  MalformedDocument,
  type ParseAids,
  type Partition,
} from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { jsonPointer } from '../../json-fields.ts';
import { cutMembers, type JsonMember, parsedMember } from '../../json-members.ts';
import { EVERY_RECORD } from '../../record-filter.ts';
import { readRecord } from './record.ts';
import { CLAIMED_NAMESPACES, codenameOfNamespace, TRACKED_NAMESPACES } from './releases.ts';

const JSON_URL = 'https://security-tracker.debian.org/tracker/data/json';
/** Clair looks up the releases there; here they are a table, and the key is only read so that a Clair config is taken as it is. */
const MIRROR_URL = 'https://deb.debian.org/';
/** The document was 60 to 100 MB in 2026. */
const DOCUMENT_BYTES_MAX = 1_000_000_000;
/** A record of the tracker, one vulnerability in one source package, is below 10 kB. */
const RECORD_BYTES_MAX = 1_000_000;

/** Codenames that are told apart; the rest is counted together. */
const UNKNOWN_CODENAMES_MAX = 100;
const OTHER_CODENAMES = '(others)';

/** The tracker had 40,000 records in 2026. A document of fewer is an excerpt, of which nobody expects every release. */
const EXCERPT_RECORDS_MAX = 10_000;

/**
 * Debian's security tracker: every vulnerability in every source package of the releases it follows, fixed or not.
 * One document of all releases, so one partition.
 */
export const debian = {
  id: 'debian',
  title: 'Debian security tracker',
  licence: 'none stated; published for reuse by the Debian security team',
  homepage: 'https://security-tracker.debian.org/tracker/',
  optionKeys: ['json_url', 'mirror_url'],
  revision: 2,
  staleAfterHours: 24,
  plan: planDebian,
  parse: parseDebian,
} as const satisfies Feed;

function planDebian(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'debian', key: 'json_url', fallback: JSON_URL });
  if (!url.ok) return url;
  const mirror = urlOption(options, { feed: 'debian', key: 'mirror_url', fallback: MIRROR_URL });
  if (!mirror.ok) return mirror;
  const request = { url: url.value, bytesMax: DOCUMENT_BYTES_MAX };
  return ok({ kind: 'partitions', partitions: [{ name: 'all', namespaces: CLAIMED_NAMESPACES, request }] });
}

async function* parseDebian(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
  { filter = EVERY_RECORD }: ParseAids = {},
): AsyncIterable<Result<Advisory, Rejection>> {
  const repeats = new RepeatedKeys();
  const unknown = new UnknownReleases();
  const silent = new Set(TRACKED_NAMESPACES);
  let advisories = 0;
  for await (const members of cutMembers(document, { depth: 2, memberBytesMax: RECORD_BYTES_MAX })) {
    for (const member of members) {
      const isRepeated = repeats.has(member.path);
      if (!isRepeated && member.text.ok && !filter.wants(member.text.value, member.path.join('/'))) continue;
      const read = isRepeated ? repeated(member) : readMember(parsedMember(member));
      for (const result of read.results) {
        if (result.ok) {
          advisories++;
          for (const { namespace } of result.value.affected) if (silent.delete(namespace)) filter.keep();
        }
        yield result;
      }
      for (const codename of read.unknownCodenames) unknown.count(codename);
      if (read.unknownCodenames.length > 0) filter.keep();
    }
  }
  if (advisories === 0)
    throw new MalformedDocument('the document is JSON, but holds no record of the security tracker');
  yield* unknown.rejections();
  if (advisories + filter.omitted > EXCERPT_RECORDS_MAX) yield* silentReleases(silent);
}

/** Releases that no record here can be about, each told once. */
class UnknownReleases {
  readonly #records = new Map<string, number>();

  count(codename: string): void {
    const isCounted = this.#records.has(codename) || this.#records.size < UNKNOWN_CODENAMES_MAX;
    const name = isCounted ? codename : OTHER_CODENAMES;
    this.#records.set(name, (this.#records.get(name) ?? 0) + 1);
  }

  rejections(): Result<never, Rejection>[] {
    return Array.from(this.#records, ([codename, records]) => {
      const reason = `nobody here knows the release ${codename}: ${records} records say something of it`;
      return err({ at: jsonPointer('*', '*', 'releases', codename), reason });
    });
  }
}

/** A release that is spoken for and of which nothing is said would make every package of it look sound. */
function silentReleases(namespaces: ReadonlySet<string>): Result<never, Rejection>[] {
  return [...namespaces].map((namespace) => {
    const codename = codenameOfNamespace(namespace) ?? namespace;
    const reason = `no record says anything of ${codename}, which this feed speaks for: does the tracker still publish it?`;
    return err({ at: jsonPointer('*', '*', 'releases', codename), reason });
  });
}

function readMember(member: JsonMember): ReturnType<typeof readRecord> {
  const [source = '', id] = member.path;
  if (!member.value.ok) return { results: [rejected(member, member.value.error)], unknownCodenames: [] };
  if (id === undefined) {
    return { results: [rejected(member, 'the source package is not an object')], unknownCodenames: [] };
  }
  return readRecord({ source, id, value: member.value.value });
}

function repeated(member: Pick<JsonMember, 'path'>): ReturnType<typeof readRecord> {
  return { results: [rejected(member, 'the record is there a second time')], unknownCodenames: [] };
}

function rejected(member: Pick<JsonMember, 'path'>, reason: string): Result<never, Rejection> {
  return err({ at: jsonPointer(...member.path), reason });
}

/** Finds the second record of a key, which would be a second advisory under the first one's name. */
class RepeatedKeys {
  readonly #sources = new Set<string>();
  #source: string | undefined;
  #isRepeatedSource = false;
  #ids = new Set<string>();

  has([source = '', id = '']: readonly string[]): boolean {
    if (source !== this.#source) {
      this.#isRepeatedSource = this.#sources.has(source);
      this.#sources.add(source);
      this.#source = source;
      this.#ids = new Set();
    }
    if (this.#isRepeatedSource || this.#ids.has(id)) return true;
    this.#ids.add(id);
    return false;
  }
}
