import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

const DEFAULTS = { command: 'serve', mode: 'combo', configPath: undefined, dataDir: undefined, once: false };

describe('readArguments', () => {
  it.each<[string, string[], Record<string, string>, object]>([
    ['nothing: combo', [], {}, {}],
    ['-conf', ['-conf', 'a.yaml'], {}, { configPath: 'a.yaml' }],
    ['-config', ['-config', 'a.yaml'], {}, { configPath: 'a.yaml' }],
    ['--conf', ['--conf', 'a.yaml'], {}, { configPath: 'a.yaml' }],
    ['-conf=', ['-conf=a.yaml'], {}, { configPath: 'a.yaml' }],
    ['CLAIR_CONF', [], { CLAIR_CONF: 'b.yaml' }, { configPath: 'b.yaml' }],
    ['an empty CLAIR_CONF', [], { CLAIR_CONF: '' }, {}],
    ['-conf before CLAIR_CONF', ['-conf', 'a.yaml'], { CLAIR_CONF: 'b.yaml' }, { configPath: 'a.yaml' }],
    ['-mode', ['-mode', 'Indexer'], {}, { mode: 'indexer' }],
    ['CLAIR_MODE', [], { CLAIR_MODE: 'matcher' }, { mode: 'matcher' }],
    ['-mode before CLAIR_MODE', ['-mode', 'updater'], { CLAIR_MODE: 'matcher' }, { mode: 'updater' }],
    ['--data-dir', ['--data-dir', 'd'], {}, { dataDir: 'd' }],
    ['--once', ['--once'], {}, { once: true }],
    ['migrate', ['migrate', '-mode', 'matcher'], {}, { command: 'migrate', mode: 'matcher' }],
    ['-help', ['-help'], {}, { command: 'help' }],
    ['-h', ['-h'], {}, { command: 'help' }],
    ['-version', ['-version'], {}, { command: 'version' }],
  ])('reads %s', (_what, argv, env, expected) => {
    expect(readArguments(argv, env)).toEqual({ ok: true, value: { ...DEFAULTS, ...expected } });
  });

  it.each<[string[], Record<string, string>, string]>([
    [
      ['-mode', 'scanner'],
      {},
      '-mode: unknown mode "scanner"; it is one of combo, indexer, matcher, updater, notifier',
    ],
    [[], { CLAIR_MODE: 'x' }, 'CLAIR_MODE: unknown mode "x"; it is one of combo, indexer, matcher, updater, notifier'],
    [['start'], {}, 'unknown command "start"'],
    [['migrate', 'now'], {}, 'unknown command "migrate now"'],
    [['-nonsense'], {}, "Unknown option '-nonsense'"],
    [['-cnf', 'x'], {}, "Unknown option '-cnf'"],
    [['--cnf=x'], {}, "Unknown option '--cnf'"],
    [['-conf'], {}, "Option '-conf <value>' argument missing"],
    [['--mode'], {}, "Option '--mode <value>' argument missing"],
  ])('refuses %s', (argv, env, error) => {
    expect(readArguments(argv, env)).toEqual({ ok: false, error });
  });
});
