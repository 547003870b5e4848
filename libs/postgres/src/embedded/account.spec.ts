import { describe, expect, it } from 'vitest';
import { chooseAccount, parsePasswd } from './account.ts';

const ROOT = 'root:x:0:0:root:/root:/bin/bash';
const DAEMON = 'daemon:x:1:1::/:/bin/false';
const NOBODY = 'nobody:x:65534:65534:nobody:/:/bin/false';
const PERSON = 'ada:x:1000:1000:Ada:/home/ada:/bin/bash';
const POSTGRES = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash';

describe('chooseAccount', () => {
  it.each([
    ['postgres before all', [ROOT, DAEMON, NOBODY, POSTGRES], 'postgres'],
    ['nobody before daemon', [ROOT, DAEMON, NOBODY], 'nobody'],
    ['a system user when there is no known name', [ROOT, PERSON, 'www:x:33:33::/:/bin/false'], 'www'],
    ['nobody else than root', [ROOT], undefined],
    ['never a person', [ROOT, PERSON], undefined],
    ['never a user in the group of root', [ROOT, 'operator:x:11:0::/root:/bin/false'], undefined],
    ['lines that do not read', ['', '# nobody', 'nobody:x::', ROOT], undefined],
  ])('%s', (_name, lines, expected) => {
    expect(chooseAccount(parsePasswd(lines.join('\n')))?.name).toBe(expected);
  });
});
