import type { KnownDistribution } from './known-distribution.ts';

/**
 * Project Hummingbird of Red Hat: a rolling distribution whose `VERSION_ID` is the day it was made. In Red Hat's
 * advisories it is the product `cpe:/a:redhat:hummingbird:1`. @see https://project-hummingbird.io/
 */
export const hummingbird: KnownDistribution = {
  did: 'hummingbird',
  title: 'Hummingbird OS',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: () => 'hummingbird',
  advisories: 'unread',
  endOfLife: [],
};
