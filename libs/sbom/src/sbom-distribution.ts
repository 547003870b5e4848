import type { Distribution } from '@clair/model';
import { distributionById, isPlainText, namespaceOf } from '@clair/scanners';
import type { StatedDistribution } from './component.ts';
import { distributionIdOf } from './distribution-names.ts';

/** Releases of Debian that have no number and are not one that will get it. */
const UNSTABLE: ReadonlySet<string> = new Set(['sid', 'unstable']);

/** The distribution that a tool's words mean, with its namespace where release and distribution are known. */
export function toDistribution(stated: StatedDistribution): Distribution {
  const did = readId(stated);
  const versionId = /^(?:AMI release )?v?(\S+)(?:\s*\(.*\))?$/.exec(stated.version)?.[1] ?? stated.version;
  const codeName = versionId === '' ? stated.codeName.toLowerCase() : stated.codeName;
  return {
    did: plain(did),
    name: plain(distributionById(did)?.title ?? stated.id),
    version: plain(stated.version || stated.codeName),
    versionCodeName: plain(codeName),
    versionId: plain(versionId),
    arch: '',
    cpe: '',
    prettyName: plain(stated.prettyName),
    namespace: namespaceFor({ did, versionId, versionCodeName: codeName }),
  };
}

/** SUSE renamed its Micro with version 6; Trivy has one name for both. */
function readId({ id, version }: StatedDistribution): string {
  const did = distributionIdOf(id);
  return did === 'sle-micro' && Number.parseInt(version, 10) >= 6 ? 'sl-micro' : did;
}

/** A code name that nobody knows is no release here: in os-release it is a coming one, in a qualifier it may be `stable`. */
function namespaceFor(identity: Pick<Distribution, 'did' | 'versionId' | 'versionCodeName'>): string {
  const namespace = namespaceOf(identity);
  const isGuess = namespace === 'debian:sid' && identity.versionId === '' && !UNSTABLE.has(identity.versionCodeName);
  return isGuess ? '' : namespace;
}

/** What comes from a document may be anything; what is not fit for a name is none. */
function plain(text: string): string {
  return isPlainText(text) ? text : '';
}
