import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { gem } from './index.ts';

it.each([
  ['usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec', true],
  ['usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec', true],
  ['usr/lib/ruby/gems/3.1.0/gems/rake-13.0.6/rake.gemspec', false],
  ['specifications/a.gemspec', true],
  ['specifications/x/a.gemspec', false],
])('wants %s: %s', (path, expected) => expect(gem.wants(path)).toBe(expected));

describe('finds', () => {
  const PATH = 'usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.13.8-x86_64-linux.gemspec';
  const written = (name: string, version: string) =>
    `# -*- encoding: utf-8 -*-\n\nGem::Specification.new do |s|\n  s.name = ${name}\n  s.version = ${version}\n  s.platform = "x86_64-linux".freeze\nend\n`;

  it.each([
    [written('"nokogiri".freeze', '"1.13.8"'), ['nokogiri@1.13.8']],
    [written("'rake'", 'Gem::Version.new("13.0.6")'), ['rake@13.0.6']],
    [written('"a".freeze', 'Gem::Version.new "1.0.0.pre1"'), ['a@1.0.0.pre1']],
    // Written by hand: what the file is called decides.
    [written('"nokogiri"', 'Nokogiri::VERSION'), ['nokogiri@1.13.8']],
    ['', ['nokogiri@1.13.8']],
  ])('%j', (text, expected) => expect(foundTexts(gem, PATH, text)).toEqual(expected));

  it('no gem where neither text nor name say one', () => {
    const path = 'specifications/root.gemspec';
    const reason = 'the specification "root.gemspec" computes its name or version';
    expect(foundTexts(gem, path, written('NAME', 'VERSION'))).toEqual([`unidentified: ${reason}`]);
  });
});
