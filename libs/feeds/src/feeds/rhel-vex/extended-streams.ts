/** `BaseOS-9.2.0.Z.MAIN.EUS`: the minor release while it was the newest, which its extended streams go on from. */
const MINOR_WITH_STREAMS = /-(\d+\.\d+)\.\d+\.Z\.MAIN\.EUS$/;
const MAIN_PRODUCT = /^cpe:\/([ao]):redhat:enterprise_linux:\d+((?:::?[^:]*)*)$/;

/** Products that support a minor release for longer. */
const STREAMS = ['rhel_eus', 'rhel_e4s', 'rhel_aus', 'rhel_tus'] as const;

/**
 * The products of the extended streams that a fix of this one is a part of, as CPEs. What was mended while a minor release was the newest is
 * published for the release as a whole and nowhere else, and an image that is installed from an extended stream of that minor names only that.
 */
export function extendedStreams(productId: string, cpe: string): readonly string[] {
  const minor = MINOR_WITH_STREAMS.exec(productId)?.[1];
  const [, part, edition = ''] = MAIN_PRODUCT.exec(cpe) ?? [];
  if (minor === undefined || part === undefined) return [];
  return STREAMS.map((stream) => `cpe:/${part}:redhat:${stream}:${minor}${edition}`);
}
