import { RHEL_NAMESPACES } from './archive.ts';

/** Products that are Red Hat Enterprise Linux itself, in its streams: their version is the release. */
const RELEASES =
  /^cpe:\/[oa]:redhat:(?:enterprise_linux(?:_(?:eus|aus|e4s|tus|els|server|workstation|client))?|rhel_(?:eus|aus|e4s|tus|els|eus_long_life|extras\w*|mission_critical)):(\d{1,2})(?:[.:]|$)/;
/** `::el8` at the end of a layered product's CPE, before the names of its variants. */
const RELEASE_OF_LAYERED = /(?:^|[:_~])el(\d{1,2})(?:$|[^0-9])/;
/** `.el9_2` and `.module+el8.9.0` in a release; `.el7eap` is of a layered product on 7. */
const RELEASE_OF_VERSION = /[.+_]el(\d{1,2})/;
/** Not built for any release of Red Hat Enterprise Linux, though under Red Hat's name. */
const OTHERS = /^cpe:\/[ao]:redhat:hummingbird(?::|$)/;

/**
 * The releases that a product's packages are installed on: what the CPE says, else what the package's release says, else any
 * of {@link RHEL_NAMESPACES}, since a layered product runs on more than one. Empty for what is no Red Hat Enterprise Linux.
 */
export function namespacesOf(cpe: string, version: string): readonly string[] {
  if (OTHERS.test(cpe)) return [];
  const edition = cpe.split(':').slice(5).join(':');
  const major =
    RELEASE_OF_LAYERED.exec(edition)?.[1] ?? RELEASES.exec(cpe)?.[1] ?? RELEASE_OF_VERSION.exec(version)?.[1];
  return major === undefined ? RHEL_NAMESPACES : [`rhel:${Number(major)}`];
}
