import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { LAYERS, type Layer, MAY_IMPORT, PURE_PARSERS, SCRIPT_FOLDERS, TYPES_ONLY } from './layers.ts';
import { type ImportedModule, readSource, type SourceFacts } from './syntax.ts';
import type { Workspace, WorkspacePackage } from './workspace.ts';

export type Rule =
  | 'unreadable'
  | 'computed-import'
  | 'relative-outside-package'
  | 'test-code-in-product'
  | 'deep-import'
  | 'self-import'
  | 'layer'
  | 'types-only'
  | 'testing-is-for-tests'
  | 'undeclared-dependency'
  | 'domain-npm-package'
  | 'domain-node-builtin'
  | 'domain-impure';

export interface Violation {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly rule: Rule;
}

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly source: string;
}

/** Where a file stands, as far as the rules care. */
interface Place {
  readonly path: string;
  /** `libs/model`, or the folder of scripts. */
  readonly folder: string;
  readonly layer: Layer;
  readonly isTest: boolean;
  /** Absent for scripts: theirs is the `package.json` at the top. */
  readonly package?: WorkspacePackage;
}

type Finding = Omit<Violation, 'file'>;

/** All that a source file does against the import rules of the design, section 3; pure. */
export function checkFile(file: SourceFile, workspace: Workspace): Violation[] {
  const place = placeOf(file.path, workspace);
  if (place === undefined) {
    return [
      { file: file.path, line: 1, what: 'is in a folder that tools/layering/layers.ts does not name', rule: 'layer' },
    ];
  }
  const facts = tryRead(file.source);
  if (typeof facts === 'string') return [{ file: file.path, line: 1, what: facts, rule: 'unreadable' }];
  const findings = [
    ...facts.computedImports.map((line) => computedImport(line)),
    ...facts.imports.flatMap((module) => checkImport(module, place, workspace)),
    ...checkPurity(facts, place),
  ];
  return findings.map((finding) => ({ file: file.path, ...finding }));
}

function tryRead(source: string): SourceFacts | string {
  try {
    return readSource(source);
  } catch (error) {
    return `does not parse: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
}

function placeOf(path: string, workspace: Workspace): Place | undefined {
  const [top = '', name = ''] = path.split('/');
  const isTest = isTestCode(path);
  if (SCRIPT_FOLDERS.includes(top)) return { path, folder: top, layer: 'script', isTest };
  const folder = `${top}/${name}`;
  const layer = LAYERS[folder];
  const owner = workspace.packages.find((one) => one.folder === folder);
  return layer === undefined || owner === undefined ? undefined : { path, folder, layer, isTest, package: owner };
}

/** Specs, contract suites, and what a `testing` folder of a package holds for them. */
export function isTestCode(path: string): boolean {
  return /\.(spec|contract|bench)\.ts$/.test(path) || /^(libs|apps)\/[^/]+\/(src\/(.*\/)?testing|test)\//.test(path);
}

function computedImport(line: number): Finding {
  return { line, what: 'imports something that only running it tells', rule: 'computed-import' };
}

function checkImport(module: ImportedModule, place: Place, workspace: Workspace): Finding[] {
  const { specifier, line } = module;
  if (specifier.startsWith('.')) return checkRelative(specifier, line, place);
  if (isBuiltin(specifier)) return checkBuiltin(specifier, line, place);
  const name = packageName(specifier);
  const target = workspace.packages.find((one) => one.name === name);
  const undeclared = checkDeclared({ name, isOurs: target !== undefined, line, place, workspace });
  if (target === undefined) return [...undeclared, ...checkNpmPackage(name, line, place)];
  return [...undeclared, ...checkOwnPackage(module, target, place)];
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function checkRelative(specifier: string, line: number, place: Place): Finding[] {
  const target = posix.normalize(posix.join(posix.dirname(place.path), specifier));
  if (place.layer === 'script') {
    const isInside = SCRIPT_FOLDERS.some((folder) => target.startsWith(`${folder}/`));
    const what = `reaches into ${target} by path; import the package by name`;
    return isInside ? [] : [{ line, what, rule: 'relative-outside-package' }];
  }
  if (!target.startsWith(`${place.folder}/`)) {
    return [
      {
        line,
        what: `leaves ${place.folder} for ${target}; import the package by name`,
        rule: 'relative-outside-package',
      },
    ];
  }
  const isTestInProduct = isTestCode(target) && !place.isTest && place.layer !== 'testing';
  return isTestInProduct
    ? [{ line, what: `product code imports test code ${target}`, rule: 'test-code-in-product' }]
    : [];
}

function checkBuiltin(specifier: string, line: number, place: Place): Finding[] {
  if (place.layer !== 'domain' || place.isTest) return [];
  return [{ line, what: `domain code imports ${specifier}: no I/O in the domain`, rule: 'domain-node-builtin' }];
}

function checkNpmPackage(name: string, line: number, place: Place): Finding[] {
  if (place.layer !== 'domain' || place.isTest || Object.hasOwn(PURE_PARSERS, name)) return [];
  return [{ line, what: `domain code imports the npm package ${name}`, rule: 'domain-npm-package' }];
}

function checkDeclared(given: {
  readonly name: string;
  readonly isOurs: boolean;
  readonly line: number;
  readonly place: Place;
  readonly workspace: Workspace;
}): Finding[] {
  const { name, isOurs, line, place, workspace } = given;
  const owner = place.package;
  if (owner === undefined) {
    // npm links every workspace package at the top, so scripts have all of them.
    const isThere = isOurs || workspace.rootDependencies.includes(name);
    const what = `${name} is not in the package.json at the top`;
    return isThere ? [] : [{ line, what, rule: 'undeclared-dependency' }];
  }
  if (owner.name === name) return [];
  const forTests = isOurs ? owner.devDependencies : [...owner.devDependencies, ...workspace.rootDependencies];
  const declared = [...owner.dependencies, ...(place.isTest ? forTests : [])];
  const what = `${name} is not in ${place.isTest ? '' : 'the dependencies of '}${owner.folder}/package.json`;
  return declared.includes(name) ? [] : [{ line, what, rule: 'undeclared-dependency' }];
}

function checkOwnPackage(module: ImportedModule, target: WorkspacePackage, place: Place): Finding[] {
  const { specifier, line } = module;
  const door = `.${specifier.slice(target.name.length)}`;
  const isDeep = !target.doors.includes(door);
  const deep: Finding[] = isDeep
    ? [{ line, what: `${specifier} goes past the index of ${target.folder}`, rule: 'deep-import' }]
    : [];
  return [...deep, ...checkArrow(module, target, place)];
}

function checkArrow(module: ImportedModule, target: WorkspacePackage, place: Place): Finding[] {
  const { line } = module;
  if (target.folder === place.folder) {
    return [{ line, what: `${place.folder} imports itself by name; use a relative path`, rule: 'self-import' }];
  }
  if (target.folder === 'libs/testing') return checkTesting(line, place);
  if (place.layer === 'script') return [];
  const what = `${place.folder} (${place.layer}) must not import ${target.folder} (${LAYERS[target.folder] ?? 'unknown'})`;
  if (!MAY_IMPORT[place.folder]?.includes(target.folder)) return [{ line, what, rule: 'layer' }];
  const isTypesOnly = TYPES_ONLY.some(({ from, to }) => from === place.folder && to === target.folder);
  if (!isTypesOnly || module.isTypeOnly || place.isTest) return [];
  return [{ line, what: `${place.folder} may import only types of ${target.folder}`, rule: 'types-only' }];
}

function checkTesting(line: number, place: Place): Finding[] {
  if (place.isTest || place.layer === 'script') return [];
  return [
    { line, what: 'only test code, tools, benches and examples import libs/testing', rule: 'testing-is-for-tests' },
  ];
}

function checkPurity(facts: SourceFacts, place: Place): Finding[] {
  if (place.layer !== 'domain' || place.isTest) return [];
  return facts.impurities.map(({ what, line }) => ({
    line,
    what: `domain code uses ${what}: take it as an argument`,
    rule: 'domain-impure',
  }));
}
