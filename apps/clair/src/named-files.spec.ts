import { readConfigValue } from '@clair/service-kit';
import { expect, it } from 'vitest';
import { unreadableFiles } from './named-files.ts';

it('names each file of TLS that cannot be read, with its key', () => {
  const here = import.meta.filename;
  const reading = readConfigValue({
    tls: { cert: '/nosuch/c', key: here },
    grpc: { tls: { cert: here, key: '/', ca: '/nosuch/ca' } },
  });
  expect(reading.ok && unreadableFiles(reading.value.config)).toEqual([
    'tls.cert: /nosuch/c cannot be read: there is no such file',
    'grpc.tls.key: / cannot be read: it is a directory',
    'grpc.tls.ca: /nosuch/ca cannot be read: there is no such file',
  ]);
});
