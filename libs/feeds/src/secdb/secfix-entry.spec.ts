import { describe, expect, it } from 'vitest';
import { readSecfixEntry } from './secfix-entry.ts';

describe('a line', () => {
  it.each([
    ['CVE-2019-14904', ['CVE-2019-14904'], [], ''],
    [' CVE-2019-14904 ', ['CVE-2019-14904'], [], ''],
    ['CVE-2018-12126  XSA-297', ['CVE-2018-12126'], ['XSA-297'], 'CVE-2018-12126  XSA-297'],
    ['CVE-2018-3837 TALOS-2018-0519', ['CVE-2018-3837'], ['TALOS-2018-0519'], 'CVE-2018-3837 TALOS-2018-0519'],
    [
      'CVE-2018-3620 CVE-2018-3646 XSA-273',
      ['CVE-2018-3620', 'CVE-2018-3646'],
      ['XSA-273'],
      'CVE-2018-3620 CVE-2018-3646 XSA-273',
    ],
    ['CVE-2018-16301 (was fixed in libpcap)', ['CVE-2018-16301'], [], 'CVE-2018-16301 (was fixed in libpcap)'],
    ['CVE-2020-1 (see CVE-2019-12345)', ['CVE-2019-12345'], [], 'CVE-2020-1 (see CVE-2019-12345)'],
    ['CVE-2020-1234 (see CVE-2019-12345)', ['CVE-2020-1234'], [], 'CVE-2020-1234 (see CVE-2019-12345)'],
    ['CVE 2018-16859', ['CVE-2018-16859'], [], 'CVE 2018-16859'],
    ['CVE_2019-2426', ['CVE-2019-2426'], [], 'CVE_2019-2426'],
    ['CVE-2017-8073.patch', ['CVE-2017-8073'], [], 'CVE-2017-8073.patch'],
    ['CVE-2017-17434-2', ['CVE-2017-17434'], [], 'CVE-2017-17434-2'],
    ['CVE-????-?????  XSA-284', ['XSA-284'], [], 'CVE-????-?????  XSA-284'],
    ['ZBX-11023', ['ZBX-11023'], [], ''],
    ['wnpa-sec-2017-18', ['wnpa-sec-2017-18'], [], ''],
    ['GHSA-xvch-jjmx-qvqq', ['GHSA-xvch-jjmx-qvqq'], [], ''],
    ['ALPINE-13661', ['ALPINE-13661'], [], ''],
    ['regression fix', [], [], 'regression fix'],
    ['CVE-TBD', [], [], 'CVE-TBD'],
    ['', [], [], ''],
  ])('%j', (line, names, aliases, remark) => expect(readSecfixEntry(line)).toEqual({ names, aliases, remark }));
});
