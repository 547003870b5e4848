import { describe, expect, it } from 'vitest';
import { createGuard } from './address-guard.ts';

function refusal(
  url: string,
  options: { allowedHosts?: string[]; allowPrivate?: boolean; allowLoopback?: boolean; privateOnly?: boolean } = {},
) {
  return createGuard({ allowPrivate: true, allowLoopback: true, ...options }).refuseUrl(new URL(url))?.kind;
}

describe('whatever the options', () => {
  it.each([
    ['file:///etc/passwd', 'bad-url'],
    ['ftp://example.com/', 'bad-url'],
    ['http://user@example.com/', 'bad-url'],
    ['https://user:secret@example.com/', 'bad-url'],
    ['http://169.254.169.254/latest/meta-data', 'forbidden-address'],
    ['http://[fd00:ec2::254]/', 'forbidden-address'],
    ['http://[::ffff:169.254.169.254]/', 'forbidden-address'],
    ['http://2852039166/', 'forbidden-address'], // 169.254.169.254 as one number
    ['http://0xa9fea9fe/', 'forbidden-address'],
    ['http://0251.0376.0251.0376/', 'forbidden-address'],
    ['http://metadata.google.internal/', 'forbidden-address'],
    ['http://METADATA.google.internal./', 'forbidden-address'],
    ['http://0.0.0.0/', 'forbidden-address'],
    ['http://[::]/', 'forbidden-address'],
    ['https://example.com/', undefined],
    ['http://10.0.0.1:5000/', undefined],
    ['http://127.0.0.1:5000/', undefined],
  ])('%s: %s', (url, kind) => {
    expect(refusal(url)).toBe(kind);
  });
});

it('keeps private networks and this machine apart', () => {
  expect(refusal('http://10.0.0.1/', { allowPrivate: false })).toBe('forbidden-address');
  expect(refusal('http://127.0.0.1/', { allowPrivate: false })).toBeUndefined();
  expect(refusal('http://127.1/', { allowLoopback: false })).toBe('forbidden-address');
  expect(refusal('http://[::1]/', { allowLoopback: false })).toBe('forbidden-address');
  expect(refusal('http://10.0.0.1/', { allowLoopback: false })).toBeUndefined();
});

it.each([
  ['http://93.184.215.14/', 'forbidden-address'],
  ['http://[2606:2800:21f:cb07::1]/', 'forbidden-address'],
  ['http://10.0.0.1/', undefined],
  ['http://[fd12::1]/', undefined],
  ['http://127.0.0.1/', undefined],
  ['http://169.254.169.254/', 'forbidden-address'],
])('stays in private networks when told to: %s', (url, kind) => {
  expect(refusal(url, { privateOnly: true })).toBe(kind);
});

it('says of a resolved address what it says of a literal one', () => {
  const guard = createGuard({ allowPrivate: true, allowLoopback: false, privateOnly: true });
  expect(guard.refuseAddress('93.184.215.14')).toMatch(/public/);
  expect(guard.refuseAddress('10.0.0.1')).toBeUndefined();
  expect(guard.refuseAddress('127.0.0.1')).toMatch(/this machine/);
});

it('names the key that opens what is closed, when its caller has one', () => {
  const closed = { allowPrivate: false, allowLoopback: false };
  const guard = createGuard({ ...closed, keys: { private: 'a.private', loopback: 'a.loopback' } });
  expect(guard.refuseAddress('127.0.0.1')).toMatch(/may not reach; a\.loopback allows it$/);
  expect(guard.refuseAddress('10.0.0.1')).toMatch(/may not reach; a\.private allows it$/);
  expect(createGuard(closed).refuseAddress('127.0.0.1')).toMatch(/may not reach$/);
  const listed = createGuard({ ...closed, allowedHosts: ['x'], keys: { allowedHosts: 'a.hosts' } });
  expect(listed.refuseUrl(new URL('https://y/'))?.reason).toMatch(/can add it to a\.hosts$/);
});

describe('allowed hosts', () => {
  it.each([
    ['https://registry.example.com/', ['registry.example.com'], true],
    ['https://REGISTRY.example.com./', ['registry.EXAMPLE.com'], true],
    ['https://registry.example.com:5000/', ['registry.example.com'], true],
    ['https://registry.example.com:5000/', ['registry.example.com:5000'], true],
    ['https://registry.example.com/', ['registry.example.com:443'], true],
    ['https://registry.example.com/', ['registry.example.com:5000'], false],
    ['https://a.example.com/', ['*.example.com'], true],
    ['https://a.b.example.com/', ['*.example.com'], true],
    ['https://example.com/', ['*.example.com'], false],
    ['https://evilexample.com/', ['*.example.com'], false],
    ['https://example.com.evil.org/', ['example.com'], false],
    ['http://[fd12::1]:5000/', ['[fd12::1]:5000'], true],
    ['http://[fd12::1]:5000/', ['fd12::1'], true],
    ['https://other.org/', ['a.org', 'b.org'], false],
    ['https://anything.org/', [], true],
    ['http://169.254.169.254/', ['169.254.169.254'], false],
  ])('%s with %j: %s', (url, allowedHosts, isAllowed) => {
    expect(refusal(url, { allowedHosts })).toBe(isAllowed ? undefined : 'forbidden-address');
  });
});
