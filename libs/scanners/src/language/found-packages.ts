import { ecosystemOfType, type FoundPackage } from '@clair/model';
import { isPlainText, quoted } from '../plain-text.ts';
import { ownSource, type ScanOutcome, type ScanProblem } from '../scanner.ts';

/** More than the largest file names: a lock file of a monorepo has some 5,000 packages. */
const PACKAGES_MAX = 100_000;
const PROBLEMS_MAX = 50;

/** What makes it into the outcome of one file of a language: each package once, and problems up to a number. */
export class FoundPackages {
  readonly #type: string;
  readonly #scheme: string;
  readonly #found = new Map<string, FoundPackage>();
  readonly #problems: ScanProblem[] = [];
  #unlisted = 0;

  /** `type`: the package URL type of an ecosystem that the model knows. */
  constructor(type: string) {
    this.#type = type;
    this.#scheme = ecosystemOfType(type)?.scheme ?? '';
  }

  /** A package of that name and version; a problem instead where one of them is missing or unfit. `member`: in an archive. */
  add(name: string, version: string, member?: string): void {
    if (name === '' || version === '') {
      this.unidentified(`it names ${name === '' ? 'no package' : `${quoted(name)} without a version`}`, member);
      return;
    }
    if (!isPlainText(name) || !isPlainText(version)) {
      this.problem({
        kind: 'malformed',
        reason: `unfit characters in ${quoted(name)} ${quoted(version)}`,
        ...of(member),
      });
      return;
    }
    const key = [name, version, member ?? ''].join('\u0000');
    if (this.#found.has(key)) return;
    if (this.#found.size >= PACKAGES_MAX) {
      this.problem({ kind: 'limit', reason: `more than ${PACKAGES_MAX} packages`, ...of(member) });
      return;
    }
    const pkg = ownSource({ name, version, type: this.#type, scheme: this.#scheme, arch: '', module: '' });
    this.#found.set(key, { ...pkg, ...of(member) });
  }

  /** Software is there, and it cannot be told which, or in which version. */
  unidentified(reason: string, member?: string): void {
    this.problem({ kind: 'unidentified', reason, ...of(member) });
  }

  problem(problem: ScanProblem): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
    else this.#unlisted += 1;
  }

  outcome(): ScanOutcome {
    const rest = this.#unlisted === 0 ? [] : [`and ${this.#unlisted} more problems of this file`];
    return { packages: [...this.#found.values()], problems: [...this.#problems, ...rest] };
  }
}

function of(member: string | undefined): { readonly member?: string } {
  return member === undefined ? {} : { member };
}
