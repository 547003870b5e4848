import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';

/** Scheme by package URL type. */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['deb', 'dpkg'],
  ['rpm', 'rpm'],
  ['apk', 'apk'],
]);

/**
 * Distributions that we can name, and of which nobody here reads advisories: `ID` of os-release(5), title, package URL
 * type. Those that are made from another (Raspbian from Debian, Linux Mint from Ubuntu) rebuild or add packages, so the
 * advisories of the other are not about them, whatever their `ID_LIKE` says.
 */
const NAMED: readonly (readonly [did: string, title: string, packageType: string])[] = [
  ['alinux', 'Alibaba Cloud Linux', 'rpm'],
  ['alpaquita', 'Alpaquita Linux', 'apk'],
  ['altlinux', 'ALT Linux', 'rpm'],
  ['anolis', 'Anolis OS', 'rpm'],
  ['arch', 'Arch Linux', 'alpm'],
  ['archarm', 'Arch Linux ARM', 'alpm'],
  ['bottlerocket', 'Bottlerocket', 'rpm'],
  ['chimera', 'Chimera Linux', 'apk'],
  ['clear-linux-os', 'Clear Linux OS', ''],
  ['cloudlinux', 'CloudLinux', 'rpm'],
  ['cos', 'Container-Optimized OS', ''],
  ['deepin', 'deepin', 'deb'],
  ['devuan', 'Devuan', 'deb'],
  ['echo', 'Echo Linux', 'deb'],
  ['elementary', 'elementary OS', 'deb'],
  ['eurolinux', 'EuroLinux', 'rpm'],
  ['flatcar', 'Flatcar Container Linux', ''],
  ['gentoo', 'Gentoo Linux', ''],
  ['guix', 'Guix System', ''],
  ['kali', 'Kali Linux', 'deb'],
  ['linuxmint', 'Linux Mint', 'deb'],
  ['mageia', 'Mageia', 'rpm'],
  ['manjaro', 'Manjaro Linux', 'alpm'],
  ['minimos', 'MinimOS', 'apk'],
  ['miraclelinux', 'MIRACLE LINUX', 'rpm'],
  ['neon', 'KDE neon', 'deb'],
  ['nixos', 'NixOS', ''],
  ['openEuler', 'openEuler', 'rpm'],
  ['opencloudos', 'OpenCloudOS', 'rpm'],
  ['openmandriva', 'OpenMandriva Lx', 'rpm'],
  ['opensuse-leap-micro', 'openSUSE Leap Micro', 'rpm'],
  ['opensuse-slowroll', 'openSUSE Slowroll', 'rpm'],
  ['openwrt', 'OpenWrt', ''],
  ['parrot', 'Parrot Security', 'deb'],
  ['pop', 'Pop!_OS', 'deb'],
  ['postmarketos', 'postmarketOS', 'apk'],
  ['pureos', 'PureOS', 'deb'],
  ['raspbian', 'Raspbian', 'deb'],
  ['scientific', 'Scientific Linux', 'rpm'],
  ['secureos', 'SecureOS', 'apk'],
  ['slackware', 'Slackware', ''],
  ['talos', 'Talos Linux', ''],
  ['tencentos', 'TencentOS Server', 'rpm'],
  ['virtuozzo', 'Virtuozzo', 'rpm'],
  ['void', 'Void Linux', ''],
  ['vyos', 'VyOS', 'deb'],
  ['zorin', 'Zorin OS', 'deb'],
];

/** Their namespace is what they say of themselves: `raspbian:9`, `arch`. */
export const UNREAD: readonly KnownDistribution[] = NAMED.map(([did, title, packageType]) => ({
  did,
  title,
  packageType,
  scheme: SCHEMES.get(packageType) ?? '',
  namespace: ({ versionId }: DistributionIdentity) => (versionId === '' ? did : `${did}:${versionId}`),
  advisories: 'unread',
  endOfLife: [],
}));
