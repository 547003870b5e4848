import { describe, expect, it } from 'vitest';
import { parseConnstring, readConnstring } from './connstring.ts';

describe('parseConnstring', () => {
  it.each([
    [
      'host=db port=5432 dbname=clair user=clair sslmode=disable',
      'postgres://clair@localhost/clair?host=db&port=5432&sslmode=disable&uselibpqcompat=true',
    ],
    ["host=/run/pg dbname='my db' password='it''s'", undefined],
    [
      "host=/run/pg dbname='my db' password='a\\'b\\\\c d'",
      "postgres://:a'b%5Cc%20d@localhost/my%20db?host=%2Frun%2Fpg",
    ],
    ['dbname = clair   host = db', 'postgres://localhost/clair?host=db'],
    ['postgres://u:p@db:1/clair?sslmode=prefer', 'postgres://u:p@db:1/clair?sslmode=disable'],
    ['postgresql://u:p@db/clair?sslmode=require', 'postgresql://u:p@db/clair?sslmode=require&uselibpqcompat=true'],
    ['postgres://u@/clair?host=/run/pg', 'postgres://u@localhost/clair?host=/run/pg'],
    ['mysql', undefined],
    ['host=db nonsense', undefined],
  ])('reads %s', (text, url) => {
    if (url === undefined) expect(() => parseConnstring(text)).toThrow('connstring');
    else expect(parseConnstring(text)).toEqual({ url });
  });

  it("takes the pool's size, and leaves out what only Clair's driver knows", () => {
    expect(parseConnstring('host=db pool_max_conns=7 pool_min_conns=1 statement_cache_capacity=0')).toEqual({
      url: 'postgres://localhost/?host=db',
      poolMax: 7,
    });
  });

  it('does not repeat a password in its error', () => {
    expect(() => parseConnstring('postgres://u:secret@h:x/')).toThrow(/^(?!.*secret)/);
  });
});

describe('readConnstring', () => {
  it.each([
    ['host=127.0.0.1 port=nonsense dbname=clair', 'the port "nonsense" is not a number from 1 to 65535'],
    ['host=db port=0', 'the port "0" is not a number from 1 to 65535'],
    ['host=db port=65536', 'the port "65536" is not a number from 1 to 65535'],
    ['host=db port=-1', 'the port "-1" is not a number from 1 to 65535'],
    ['postgres://db/clair?port=5432x', 'the port "5432x" is not a number from 1 to 65535'],
    [
      'postgres://u:secret@db:nonsense/clair',
      expect.stringMatching(/^the port is not a number from 1 to 65535, or a :/),
    ],
    ['postgres://db:65536/clair', expect.stringMatching(/^the port is not a number/)],
    ['postgres://db:0/clair', 'the port "0" is not a number from 1 to 65535'],
    ['host=a,b port=5432', expect.stringMatching(/^names several hosts; give one/)],
    ['host=a port=5432,5433', expect.stringMatching(/^names several hosts/)],
    ['hostaddr=10.0.0.1,10.0.0.2', expect.stringMatching(/^names several hosts/)],
    ['postgres://a,b/clair', expect.stringMatching(/^names several hosts/)],
    ['postgres://u:p@a:1,b:2/clair', expect.stringMatching(/^names several hosts/)],
    ['mysql', 'is neither a postgres:// URL nor a list of keyword=value'],
  ])('says what is wrong with %s', (text, error) => {
    expect(readConnstring(text)).toEqual({ ok: false, error });
  });

  it.each(['postgres://[::1]:5432/clair', 'host=::1 port=5432', 'postgres://u:a%2Cb@db/clair', 'host=/run/pg', ''])(
    'has nothing against %s',
    (text) => expect(readConnstring(text).ok).toBe(true),
  );
});
