import type { OvalMeaning, OvalPackage } from './oval-case.ts';
import type { OvalEntity, OvalTest } from './oval-test.ts';

const CHECKS: ReadonlySet<string> = new Set(['at least one', 'all']);
/** `(aarch64|ppc64le)`, `x86_64`, `^i686$`. */
const ARCHES = /^\^?\(?([A-Za-z0-9_]+(?:\|[A-Za-z0-9_]+)*)\)?\$?$/;
/** SUSE's "every version" and, compared for equality, "no version". */
const EVERY_EVR: ReadonlySet<string> = new Set(['0:0-0', '0']);

type Said = Omit<OvalPackage, 'package'>;

/**
 * What an `rpminfo` or `dpkginfo` test says, by its state alone: a version below the fix, up to the last affected, exactly one, every one,
 * or none; for all or some architectures; a signature or a mere presence. Anything else is unreadable, with what it was.
 * `check="all"` is taken as "at least one": rows are about one package each.
 */
export function packageMeaning(test: OvalTest): OvalMeaning {
  const unreadable = (reason: string): OvalMeaning => ({ kind: 'unreadable', reason });
  if (test.kind !== 'rpminfo' && test.kind !== 'dpkginfo') return unreadable(`it is a ${test.kind} test`);
  if (test.names.length === 0) return unreadable('its object names no package');
  if (!CHECKS.has(test.check)) return unreadable(`it is true when ${test.check} of ${test.names.join(', ')}`);
  if (test.checkExistence !== 'at_least_one_exists')
    return unreadable(`it is true when ${test.checkExistence} of ${test.names.join(', ')}`);

  const arch = test.state.find(({ name }) => name === 'arch');
  const arches = arch && archesOf(arch);
  if (arch !== undefined && arches === undefined)
    return unreadable(`the architecture ${arch.operation} ${arch.value} is none`);
  const rest = test.state.filter(({ name }) => name !== 'arch' && name !== 'signature_keyid');
  if (rest.length === 0 && test.state.some(({ name }) => name === 'signature_keyid')) return { kind: 'always' };
  const [condition, second] = rest;
  if (second !== undefined) return unreadable(`its state asks for ${rest.map(({ name }) => name).join(' and ')}`);
  const said = condition === undefined ? PRESENT : saidOf(condition);
  if (said === undefined) {
    return unreadable(`its state asks for ${condition?.name} ${condition?.operation} ${condition?.value}`);
  }
  const packages = test.names.map((name) => ({ ...said, package: name }));
  return { kind: 'packages', packages, ...(arches && { arches }) };
}

/** The architectures that an `arch` entity allows; `undefined` when it is more than a list. */
export function archesOf({ operation, value }: OvalEntity): readonly string[] | undefined {
  if (operation !== 'equals' && operation !== 'pattern match') return undefined;
  return ARCHES.exec(value)?.[1]?.split('|');
}

const PRESENT: Said = { range: {}, status: 'affected', fixState: 'not-fixed' };

function saidOf({ name, operation, value }: OvalEntity): Said | undefined {
  if (value === '') return undefined;
  if (name === 'version' && operation === 'equals' && value === '0')
    return { range: {}, status: 'not-affected', fixState: 'unknown' };
  if (name !== 'evr') return undefined;
  switch (operation) {
    case 'less than':
      return { range: { fixed: value }, status: 'affected', fixState: 'fixed' };
    case 'less than or equal':
      return { range: { lastAffected: value }, status: 'affected', fixState: 'unknown' };
    case 'equals':
      return { range: { introduced: value, lastAffected: value }, status: 'affected', fixState: 'unknown' };
    case 'greater than':
      // A range cannot leave its lower bound out: the one version is said to be affected too.
      return EVERY_EVR.has(value)
        ? PRESENT
        : { range: { introduced: value }, status: 'affected', fixState: 'not-fixed' };
    case 'greater than or equal':
      return { range: { introduced: value }, status: 'affected', fixState: 'not-fixed' };
    default:
      return undefined;
  }
}
