import { err, ok, type Result } from '@clair/model';
import type { Composition } from './product-tree.ts';

/** An rpm package as a document names it. */
export interface RpmComponent {
  readonly name: string;
  readonly kind: 'source' | 'binary';
  /** `epoch:version-release`, or empty where no version is named. */
  readonly version: string;
  /** Empty: every architecture. */
  readonly arch: string;
  /** `name:stream`, or empty. */
  readonly module: string;
}

/** A package that does not read, with its name if that does. */
export interface UnreadableComponent {
  readonly name: string;
  readonly kind: RpmComponent['kind'];
  readonly reason: string;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}$/;
const MODULE = /^([A-Za-z0-9_][A-Za-z0-9_.+-]*:[A-Za-z0-9_][A-Za-z0-9_.+-]*)(:[^/]*)?$/;
/** Of builds without a package URL: name, epoch:version-release, architecture, module. */
const BUILD =
  /^([^/:]+)-((?:\d+:)?[^-:/]+-[^-:/]+)\.(x86_64|i[3-6]86|aarch64|ppc64le|ppc64|ppc|s390x?|ia64|noarch|src|nosrc)(?:\.rpm)?(?:(?:::|-)(.+))?$/;
const SOURCE_ARCHES: ReadonlySet<string> = new Set(['src', 'nosrc', 'source']);
/** Of components without a package URL: `nodejs:18/nodejs`, `nodejs`. Names with a slash and no module are container images. */
const PATH = /^(?:([^/:]+:[^/:]+)\/)?([^/:]+)$/;

/**
 * The rpm package that is the component; `undefined` when it is something else (a container image, a Java archive, a product as
 * a whole). The error is about a package that is one, and does not read.
 */
export function rpmComponent({
  component,
  between,
}: Composition): Result<RpmComponent | undefined, UnreadableComponent> {
  if (component.purl === '') return ok(byId(component.id));
  const purl = /^pkg:rpm\/(?:[^/@?]+\/)?([^/@?]+)(?:@([^?#]*))?(?:\?([^#]*))?$/.exec(component.purl);
  if (purl === null) {
    return component.purl.startsWith('pkg:rpm/')
      ? err({ name: '', kind: 'binary', reason: `the package URL does not read: ${component.purl}` })
      : ok(undefined);
  }
  const name = decoded(purl[1]);
  const version = decoded(purl[2]);
  const qualifiers = qualifiersOf(purl[3] ?? '');
  const module = moduleOf(qualifiers.get('rpmmod'), [component.id, ...between.map(({ purl: outer }) => outer)]);
  const arch = qualifiers.get('arch') ?? '';
  const isSource = SOURCE_ARCHES.has(arch);
  const kind = isSource ? 'source' : 'binary';
  const fitName = NAME.test(name) ? name : '';
  if (!module.ok) return err({ name: fitName, kind, reason: module.error });
  if (fitName === '' || /\s/.test(version))
    return err({ name: fitName, kind, reason: `the package URL does not read: ${component.purl}` });

  const epoch = qualifiers.get('epoch') ?? '';
  // `go-toolset@rhel8`: what is no version-release is the stream once more.
  const isEvr = version.includes('-');
  return ok({
    name,
    kind,
    version: isEvr ? (epoch === '' ? version : `${epoch}:${version}`) : '',
    arch: isSource ? '' : arch,
    module: module.value,
  });
}

/**
 * Older documents name components by their ids alone: a build (`ruby-0:2.5.9-111.el8.x86_64::ruby:2.5`), or what has no fix by
 * its source package (`nodejs:18/nodejs`).
 */
function byId(id: string): RpmComponent | undefined {
  const [, buildName = '', version = '', arch = '', buildModule = ''] = BUILD.exec(id) ?? [];
  if (NAME.test(buildName)) {
    const isSource = SOURCE_ARCHES.has(arch);
    const module = MODULE.exec(buildModule)?.[1] ?? '';
    return { name: buildName, kind: isSource ? 'source' : 'binary', version, arch: isSource ? '' : arch, module };
  }
  const [, module = '', name = ''] = PATH.exec(id) ?? [];
  return NAME.test(name) ? { name, kind: 'source', version: '', arch: '', module } : undefined;
}

/** From the package's own qualifier (`name:stream:version:context`), from its id (`nodejs:18/nodejs`), or from the module it is a component of. */
function moduleOf(rpmmod: string | undefined, [id = '', ...between]: readonly string[]): Result<string, string> {
  const named = rpmmod ?? PATH.exec(id)?.[1] ?? between.map(moduleOfPurl).find((module) => module !== '') ?? '';
  if (named === '') return ok('');
  const module = MODULE.exec(named)?.[1];
  return module === undefined ? err(`not a module: ${named}`) : ok(module);
}

/** `pkg:rpmmod/redhat/ruby@2.5:8090020230627084142:b46abd14`. */
function moduleOfPurl(purl: string): string {
  const [, name, stream] = /^pkg:rpmmod\/(?:[^/@?]+\/)?([^/@?]+)@([^?#:]+)/.exec(purl) ?? [];
  return name === undefined ? '' : `${decoded(name)}:${decoded(stream)}`;
}

function qualifiersOf(text: string): ReadonlyMap<string, string> {
  const qualifiers = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0) qualifiers.set(pair.slice(0, equals).toLowerCase(), decoded(pair.slice(equals + 1)));
  }
  return qualifiers;
}

function decoded(text: string | undefined): string {
  if (text === undefined || !text.includes('%')) return text ?? '';
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
