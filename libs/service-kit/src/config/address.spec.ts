import { describe, expect, it } from 'vitest';
import { grpcAddress, parseGrpcAddress, parseListenAddress } from './address.ts';

describe('parseListenAddress', () => {
  it.each([
    [':6060', '', 6060],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::1]:8089', '::1', 8089],
    ['localhost:1', 'localhost', 1],
    ['0.0.0.0:65535', '0.0.0.0', 65_535],
  ])('%s', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ ok: true, value: { host, port } });
  });

  it.each(['', '6060', 'host', 'host:', ':65536', '::1:80', 'a b:1', 'http://x:1', ':-1'])('%j is refused', (text) => {
    expect(parseListenAddress(text).ok).toBe(false);
  });
});

describe('parseGrpcAddress', () => {
  it.each([
    ['indexer:6061', 'indexer:6061'],
    ['indexer', 'indexer:6061'],
    ['grpc://indexer:7000', 'indexer:7000'],
    ['grpcs://indexer', 'indexer:6061'],
    ['http://indexer:6060/', 'indexer:6061'],
    ['http://indexer', 'indexer:6061'],
    ['https://clair.example.org/indexer/', 'clair.example.org:6061'],
    ['127.0.0.1:6061', '127.0.0.1:6061'],
    ['[::1]:6061', '[::1]:6061'],
    ['http://[::1]:6060/', '[::1]:6061'],
    ['localhost:80', 'localhost:80'],
  ])('%s means %s', (text, address) => {
    expect(grpcAddress(text)).toBe(address);
  });

  it.each([
    '',
    'ftp://x',
    'grpc://',
    'grpc://host/path',
    'host:port',
    'host:99999',
    'a b',
    'http://user@host/',
    'grpc://h?x=1',
  ])('%j is refused', (text) => {
    expect(parseGrpcAddress(text).ok).toBe(false);
  });
});
