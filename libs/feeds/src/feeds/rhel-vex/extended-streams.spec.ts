import { describe, expect, it } from 'vitest';
import { extendedStreams } from './extended-streams.ts';

describe('extended streams', () => {
  const [eus, main] = ['BaseOS-9.2.0.Z.MAIN.EUS', 'BaseOS-9.3.0.Z.MAIN'];
  it.each([
    [eus, 'cpe:/o:redhat:enterprise_linux:9::baseos', 'cpe:/o:redhat:rhel_eus:9.2::baseos'],
    [eus, 'cpe:/a:redhat:enterprise_linux:9', 'cpe:/a:redhat:rhel_eus:9.2'],
    [main, 'cpe:/o:redhat:enterprise_linux:9::baseos', undefined],
    ['BaseOS-9.0.0.Z.EUS', 'cpe:/o:redhat:rhel_eus:9.0::baseos', undefined],
    [eus, 'cpe:/a:redhat:openshift:4.15::el9', undefined],
  ])('of %s as %s: %s', (id, cpe, first) => {
    const streams = extendedStreams(id, cpe);
    expect([streams[0], streams.length]).toEqual([first, first === undefined ? 0 : 4]);
  });
});
