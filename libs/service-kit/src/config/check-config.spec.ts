import { expect, it } from 'vitest';
import { redactConfig } from './check-config.ts';
import { readConfigValue } from './read-config.ts';

function shown(document: unknown) {
  const reading = readConfigValue(document);
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  return redactConfig(reading.value.config);
}

it.each([
  ['https://hooks.example.org/', 'https://hooks.example.org/'],
  ['https://hooks.example.org', 'https://hooks.example.org'],
  ['https://hooks.example.org/services/T0/hunter2', 'https://hooks.example.org/[redacted]'],
  ['https://hooks.example.org:8443/?token=hunter2', 'https://hooks.example.org:8443/[redacted]'],
  ['https://hooks.example.org?hunter2', 'https://hooks.example.org/[redacted]'],
  ['https://hooks.example.org/#hunter2', 'https://hooks.example.org/[redacted]'],
  ['https://u:hunter2@hooks.example.org/', 'https://hooks.example.org/[redacted]'],
  ['https://hunter2@hooks.example.org/a', 'https://hooks.example.org/[redacted]'],
])('shows of the webhook %s no more than where it is', (target, expected) => {
  const config = shown({ notifier: { webhook: { target, callback: 'http://clair/notifier' } } });
  expect(config).toMatchObject({ notifier: { webhook: { target: expected, callback: 'http://clair/notifier' } } });
});

it.each([
  ['https://mirror.example.org/kev.json', 'https://mirror.example.org/kev.json'],
  [
    'https://mirror.example.org/a%20b?sv=2024&sig=hunter2%3D&flag#part',
    'https://mirror.example.org/a%20b?sv=[redacted]&sig=[redacted]&[redacted]#part',
  ],
  ['https://u:hunter2@mirror.example.org/a?', 'https://u:***@mirror.example.org/a?'],
  ['https://mirror.example.org/a?a=&b', 'https://mirror.example.org/a?a=&[redacted]'],
  ['what? a=b', 'what? a=b'],
])('shows of the address %s all but passwords and the values of its query', (url, expected) => {
  expect(shown({ updaters: { config: { cisa: { url } } } })).toMatchObject({
    updaters: { config: { cisa: { url: expected } } },
  });
});
