import { err, ok, type Result } from '@clair/model';
import {
  cveIn,
  issuedAt,
  type OvalAdvisory,
  type OvalDefinition,
  type OvalDialect,
  type OvalMeaning,
  type OvalTest,
  packageMeaning,
  references,
  severityOf,
  uniqueLinks,
} from '../../oval/index.ts';
import { attributeText, childElement, childElements, childText } from '../../xml/xml-element.ts';
import { PRODUCT_COMMENT, productMeaning } from './suse-product.ts';

export const suseDialect = {
  classes: ['vulnerability'],
  options: {
    omittedElements: ['affected_cpe_list', 'affected'],
    keepsComment: (comment) => PRODUCT_COMMENT.test(comment),
  },
  meaning,
  advisory: readAdvisory,
} as const satisfies OvalDialect;

const LIVE_PATCH = /^(?:kernel-livepatch|kgraft-patch)-/;

function meaning(test: OvalTest): OvalMeaning {
  const product = productMeaning(test);
  if (product !== undefined) return product;
  // "No live patch is new enough": a file in an image is not what a running kernel has loaded, so the kernel package decides.
  if (test.check === 'none satisfy' && test.names.every((name) => LIVE_PATCH.test(name))) return { kind: 'always' };
  return packageMeaning(test);
}

function readAdvisory({ metadata }: OvalDefinition): Result<OvalAdvisory, string> {
  const title = childText(metadata, 'title');
  const name = cveIn(title);
  if (name !== title) return err(`its title is ${JSON.stringify(title.slice(0, 100))}, not a CVE id`);
  const refs = references(metadata);
  const advisory = childElement(metadata, 'advisory');
  const severity = childText(advisory, 'severity');
  const bugs = childElements(advisory, 'bugzilla').map((bug) => attributeText(bug, 'href'));
  return ok({
    advisory: {
      key: name,
      name,
      description: childText(metadata, 'description'),
      issued: issuedAt(metadata),
      links: uniqueLinks([...refs.map(({ url }) => url), ...bugs]),
      aliases: [],
      upstream: [],
    },
    base: { packageKind: 'binary', scheme: 'rpm', bulletin: '', severity, normalizedSeverity: severityOf(severity) },
  });
}
