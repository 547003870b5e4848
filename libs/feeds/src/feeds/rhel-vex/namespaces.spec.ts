import { describe, expect, it } from 'vitest';
import { namespacesOf } from './namespaces.ts';

describe('releases of a product', () => {
  const every = ['rhel:6', 'rhel:7', 'rhel:8', 'rhel:9', 'rhel:10'];
  it.each([
    ['cpe:/o:redhat:enterprise_linux:9', '', ['rhel:9']],
    ['cpe:/o:redhat:enterprise_linux:10.1', '', ['rhel:10']],
    ['cpe:/a:redhat:enterprise_linux:8::appstream', '', ['rhel:8']],
    ['cpe:/o:redhat:enterprise_linux:6::server', '', ['rhel:6']],
    ['cpe:/o:redhat:enterprise_linux_eus:10.0', '', ['rhel:10']],
    ['cpe:/o:redhat:rhel_eus:9.2::baseos', '', ['rhel:9']],
    ['cpe:/o:redhat:rhel_eus_long_life:8.4::baseos', '', ['rhel:8']],
    ['cpe:/a:redhat:rhel_e4s:8.6::appstream', '', ['rhel:8']],
    ['cpe:/o:redhat:rhel_els:7', '', ['rhel:7']],
    ['cpe:/a:redhat:openshift:4.16::el9', '', ['rhel:9']],
    ['cpe:/a:redhat:rhel_satellite_client:6::el8', '', ['rhel:8']],
    ['cpe:/a:redhat:rhel_software_collections:3', '1-1.el7', ['rhel:7']],
    ['cpe:/a:redhat:rhel_software_collections:3', '', every],
    ['cpe:/a:redhat:jboss_core_services:1', '1-1.el8jbcs', ['rhel:8']],
    ['cpe:/a:redhat:openshift:4', '1-1.module+el8.9.0+1+a', ['rhel:8']],
    ['cpe:/a:redhat:openshift:4', '', every],
    ['cpe:/a:redhat:enterprise_linux_ai:3', '', every],
    ['cpe:/a:redhat:hummingbird:1', '1-1.hum1', []],
  ])('%s %s', (cpe, version, namespaces) => expect(namespacesOf(cpe, version)).toEqual(namespaces));
});
