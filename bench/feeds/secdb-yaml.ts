interface Package {
  name: string;
  readonly secfixes: Record<string, string[]>;
}

/** What the reader of Alpine's databases asks of a document. */
export interface SecurityDatabase {
  readonly distroversion: string;
  readonly reponame: string;
  readonly packages: readonly { readonly pkg: Package }[];
}

/** Alpine's database in the YAML in which git keeps it: only as much of YAML as is there. */
export function readSecdbYaml(text: string): SecurityDatabase {
  const heads = new Map<string, string>();
  const packages: { readonly pkg: Package }[] = [];
  let fixes: string[] | undefined;
  for (const line of text.split('\n').map((raw) => raw.replace(/(^|\s)#.*$/, '').trim())) {
    const [, key = '', value = ''] = /^(?:- )?(\S+):(?:\s+(.*))?$/.exec(line) ?? [];
    const pkg = packages.at(-1)?.pkg;
    if (line === '- pkg:') packages.push({ pkg: { name: '', secfixes: {} } });
    else if (pkg === undefined) heads.set(key, unquoted(value));
    else if (key === 'name') pkg.name = unquoted(value);
    else if (line.startsWith('- ')) fixes?.push(unquoted(line.slice(2).trim()));
    else if (key !== '' && key !== 'secfixes') {
      fixes = pkg.secfixes[unquoted(key)] ??= [];
    }
  }
  return { distroversion: heads.get('distroversion') ?? '', reponame: heads.get('reponame') ?? '', packages };
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
