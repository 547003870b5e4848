import { archesOf, type OvalMeaning, type OvalTest, packageMeaning } from '../../oval/index.ts';

const RELEASE_PACKAGES: ReadonlySet<string> = new Set(['oraclelinux-release', 'enterprise-release']);
/** `^8` */
const MAJOR = /^\^(\d+)$/;
/** `Module container-tools:ol8 is enabled` */
const MODULE = /^Module ([A-Za-z0-9._+-]+:[A-Za-z0-9._+-]+) is enabled$/;

/** A test of Oracle's: the release, the machine's architecture, a module, the flavour of a package, its version, its signature. */
export function oracleMeaning(test: OvalTest): OvalMeaning {
  if (test.names.some((name) => RELEASE_PACKAGES.has(name))) return releaseMeaning(test);
  const module = MODULE.exec(test.comment)?.[1];
  if (module !== undefined) return { kind: 'module', module };
  const [entity, second] = test.state;
  if (entity?.name === 'release' && second === undefined && entity.operation === 'pattern match') {
    if (entity.value.includes('ksplice')) return { kind: 'mark', mark: 'ksplice' };
    if (entity.value.includes('fips')) return { kind: 'mark', mark: 'fips' };
  }
  return packageMeaning(test);
}

/** Oracle asks the release package for the major version and for the architecture of the machine. */
function releaseMeaning({ state }: OvalTest): OvalMeaning {
  const [entity, second] = state;
  if (entity !== undefined && second === undefined) {
    const major = entity.name === 'version' ? MAJOR.exec(entity.value)?.[1] : undefined;
    if (major !== undefined) return { kind: 'platform', namespaces: [`ol:${major}`] };
    const machines = entity.name === 'arch' ? archesOf(entity) : undefined;
    if (machines !== undefined) return { kind: 'arch', arches: machines.flatMap(packageArches) };
  }
  const asked = state.map(({ name, operation, value }) => `${name} ${operation} ${value}`).join(' and ');
  return { kind: 'unreadable', reason: `the release package is asked for ${asked || 'nothing'}` };
}

const I386 = ['i386', 'i486', 'i586', 'i686'];

/** The architectures of packages that a machine runs, but for `noarch`, which fits every one. */
function packageArches(machine: string): readonly string[] {
  if (machine === 'x86_64') return [...I386, machine];
  return I386.includes(machine) ? I386 : [machine];
}
