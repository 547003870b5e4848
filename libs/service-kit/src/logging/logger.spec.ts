import { describe, expect, it } from 'vitest';
import { createLogger, withoutUrlPassword } from './logger.ts';

function written(
  level: 'debug' | 'info' | 'debug-color',
  write: (log: ReturnType<typeof createLogger>) => void,
): string[] {
  const lines: string[] = [];
  write(createLogger({ level, name: 'indexer', destination: { write: (line) => void lines.push(line) } }));
  return lines;
}

describe('createLogger', () => {
  it('writes one JSON object a line', () => {
    const [line = ''] = written('info', (log) => log.info({ feed: 'debian' }, 'feed updated'));
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      name: 'indexer',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      feed: 'debian',
      msg: 'feed updated',
    });
    expect(line.indexOf('\n')).toBe(line.length - 1);
  });

  it('keeps to the level', () => {
    expect(written('info', (log) => log.debug('x'))).toEqual([]);
    expect(written('debug', (log) => log.debug('x'))).toHaveLength(1);
  });

  it.each([
    { authorization: 'Bearer hunter2' },
    { headers: { authorization: 'hunter2', cookie: 'hunter2', 'set-cookie': 'hunter2' } },
    { config: { indexer: { connstring: 'host=a password=hunter2' } } },
    { token: 'hunter2', a: { password: 'hunter2' }, b: { c: { passcode: 'hunter2' } } },
    { err: new Error('connect to postgres://clair:hunter2@db/clair failed') },
    { err: new Error('dsn was host=db password=hunter2 user=clair') },
  ])('never writes a secret: %j', (fields) => {
    const lines = written('info', (log) => log.info(fields, 'something'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hunter2');
  });

  it('keeps the stack of an error', () => {
    const [line = ''] = written('info', (log) => log.error({ err: new Error('boom') }, 'failed'));
    expect(JSON.parse(line).err).toMatchObject({
      type: 'Error',
      message: 'boom',
      stack: expect.stringContaining('logger.spec'),
    });
  });

  it('writes for people in debug-color', () => {
    const [line = ''] = written('debug-color', (log) =>
      log.warn({ feed: 'debian', err: new Error('boom') }, 'feed failed'),
    );
    expect(line).toContain('WARN');
    expect(line).toContain('indexer: feed failed feed=debian');
    expect(line).toContain('Error: boom');
  });
});

describe('withoutUrlPassword', () => {
  it.each([
    ['postgres://u:p@h/db', 'postgres://u:***@h/db'],
    ['nats://h:4222', 'nats://h:4222'],
    ["host=h password='a b' user=u", 'host=h password=*** user=u'],
    ['see http://h/a:b@c', 'see http://h/a:b@c'],
  ])('%s', (text, expected) => {
    expect(withoutUrlPassword(text)).toBe(expected);
  });
});
