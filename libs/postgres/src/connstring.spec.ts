import { describe, expect, it } from 'vitest';
import { parseConnstring } from './connstring.ts';

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
