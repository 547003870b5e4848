import { contentOf, LayerReportBuilder, resolveInventory, SCANNERS } from '@clair/scanners';
import { dataSetMembers } from '../data-set.ts';
import type { Explanation } from '../explanation.ts';
import { type Compared, compared } from './comparison.ts';

interface Golden {
  readonly Results?: readonly {
    readonly Target: string;
    readonly Packages?: readonly { readonly Name?: string; readonly Version?: string; readonly Dev?: boolean }[];
  }[];
}

/** Folder of the input, and the report of it. */
const CASES: Readonly<Record<string, string>> = {
  composer: 'composer.lock.json.golden',
  dotnet: 'dotnet.json.golden',
  npm: 'npm.json.golden',
  pipenv: 'pipenv.json.golden',
  poetry: 'poetry.json.golden',
  yarn: 'yarn.json.golden',
};

const INSTALLED_COUNTS: Explanation = {
  id: 'installed-counts',
  right: 'ours',
  says: 'beside the lock file lie the packages that it installed; what of the lock is not among them is not there, and what is there for development counts',
};
const THE_PROJECT: Explanation = {
  id: 'the-project-itself',
  right: 'both',
  says: 'the project or program itself, which has no advisories, is listed by the other scanner',
};

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Replays lock files, and the packages that their reports list. The reports' advisories are those of a test. */
export function replayLockFiles(): readonly Compared[] {
  const goldens = new Map<string, Golden>();
  const inputs = new Map<string, LayerReportBuilder>();
  const root = /^(?:[^/]+\/)?/;
  for (const { path, bytes } of dataSetMembers('integration', (one) => /\.json\.golden$|fixtures\/repo\//.test(one))) {
    const name = path.replace(root, '');
    const [, folder = '', inside = ''] = /fixtures\/repo\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (folder === '') goldens.set(name, JSON.parse(decode(bytes)));
    else {
      const builder = inputs.get(folder) ?? new LayerReportBuilder({ scanners: SCANNERS, decode });
      inputs.set(folder, builder);
      if (builder.wants(`app/${inside}`) >= bytes.length) builder.file(`app/${inside}`, contentOf(bytes));
    }
  }
  return Object.entries(CASES).map(([folder, golden]) => compareCase(folder, goldens.get(golden), inputs.get(folder)));
}

function compareCase(folder: string, golden: Golden | undefined, builder: LayerReportBuilder | undefined): Compared {
  if (golden === undefined || builder === undefined) throw new Error(`${folder}: the input or the report is not there`);
  const report = builder.finish({ blobBytes: 0, tarBytes: 0 });
  const { packages } = resolveInventory([{ digest: 'sha256:0', report }]);
  const listed = (golden.Results ?? []).flatMap(({ Packages = [] }) => Packages).filter(({ Dev }) => Dev !== true);
  const theirs = new Set(listed.map(({ Name = '', Version = '' }) => `${Name} ${Version}`));
  return compared({
    where: folder,
    recordings: 1,
    packages: packages.length,
    theirs,
    ours: new Set(packages.map(({ name, version }) => `${name} ${version}`)),
    explain(kind, text) {
      if (kind === 'missing' && (folder === 'dotnet' || text === 'integration 1.0.0')) return THE_PROJECT;
      return folder === 'npm' ? INSTALLED_COUNTS : undefined;
    },
  });
}
