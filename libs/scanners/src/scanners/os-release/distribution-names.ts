/**
 * The `ID` of distributions by the whole name that they give themselves in files without one: in `lsb-release`, in
 * `NAME release VERSION` and on the login banner. `Red Hat Linux` is not here on purpose: it ended before RHEL began.
 */
const IDS: ReadonlyMap<string, string> = new Map([
  ['Alpine Linux', 'alpine'],
  ['AlmaLinux', 'almalinux'],
  ['AlmaLinux Kitten', 'almalinux-kitten'],
  ['Amazon Linux', 'amzn'],
  ['Amazon Linux AMI', 'amzn'],
  ['Anolis OS', 'anolis'],
  ['Azure Linux', 'azurelinux'],
  ['CBL-Mariner', 'mariner'],
  ['CentOS', 'centos'],
  ['CentOS Linux', 'centos'],
  ['CentOS Stream', 'centos-stream'],
  ['CloudLinux', 'cloudlinux'],
  ['Debian', 'debian'],
  ['Debian GNU/Linux', 'debian'],
  ['Enterprise Linux Enterprise Linux Server', 'ol'],
  ['Fedora', 'fedora'],
  ['Fedora Linux', 'fedora'],
  ['Mariner', 'mariner'],
  ['Microsoft Azure Linux', 'azurelinux'],
  ['Oracle Linux Server', 'ol'],
  ['Photon', 'photon'],
  ['Red Hat Enterprise Linux', 'rhel'],
  ['Red Hat Enterprise Linux AS', 'rhel'],
  ['Red Hat Enterprise Linux Atomic Host', 'rhel'],
  ['Red Hat Enterprise Linux Client', 'rhel'],
  ['Red Hat Enterprise Linux ComputeNode', 'rhel'],
  ['Red Hat Enterprise Linux CoreOS', 'rhcos'],
  ['Red Hat Enterprise Linux ES', 'rhel'],
  ['Red Hat Enterprise Linux Server', 'rhel'],
  ['Red Hat Enterprise Linux WS', 'rhel'],
  ['Red Hat Enterprise Linux Workstation', 'rhel'],
  ['Rocky Linux', 'rocky'],
  ['SUSE Linux Enterprise Desktop', 'sled'],
  ['SUSE Linux Enterprise Server', 'sles'],
  ['Scientific Linux', 'scientific'],
  ['Ubuntu', 'ubuntu'],
  ['VMware Photon', 'photon'],
  ['VMware Photon OS', 'photon'],
  ['openEuler', 'openEuler'],
  ['openSUSE', 'opensuse'],
  ['openSUSE Leap', 'opensuse-leap'],
  ['openSUSE Tumbleweed', 'opensuse-tumbleweed'],
]);

/** The `ID` of the distribution of that name; `undefined` when the name is not in the table. */
export function idOfName(name: string): string | undefined {
  return IDS.get(name);
}

/** An `ID` for a name: that of the table, or else the name as an `ID` would have it (`foo-linux` of `Foo Linux`). */
export function idFor(name: string): string {
  return idOfName(name) ?? name.toLowerCase().replace(/[^a-z0-9._]+/g, '-');
}
