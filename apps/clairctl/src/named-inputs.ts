import { access } from 'node:fs/promises';
import { CommandError } from './api.ts';
import { fileTrouble } from './file-trouble.ts';
import { readReference } from './image.ts';
import { sbomFileOf } from './sbom-file.ts';

/**
 * What is wrong with each text of `report` that can be known without a service, a registry or the contents of a file: starting
 * a service and fetching its feeds takes minutes, and a typo should not cost them. Texts that are all right are not in it.
 */
export async function troubleOfInputs(texts: readonly string[]): Promise<ReadonlyMap<string, CommandError>> {
  const troubles = new Map<string, CommandError>();
  for (const text of new Set(texts)) {
    try {
      await checkInput(text);
      if (sbomFileOf(text) === '-' && texts.indexOf(text) !== texts.lastIndexOf(text))
        throw new CommandError(`${text}: standard input can be read only once`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      troubles.set(text, error);
    }
  }
  return troubles;
}

async function checkInput(text: string): Promise<void> {
  const path = pathOf(text);
  if (path === '') throw new CommandError(`${text}: name a file, or - for standard input`);
  if (path === undefined || path === '-') return;
  await access(path).catch((error: unknown) => {
    throw new CommandError(`${text}: ${fileTrouble(error)}`);
  });
}

/** On this disk; `undefined` for an image in a registry. */
function pathOf(text: string): string | undefined {
  const file = sbomFileOf(text);
  if (file !== undefined) return file;
  const reference = readReference(text);
  switch (reference.kind) {
    case 'registry':
      return undefined;
    case 'docker-archive':
      return reference.file;
    case 'oci-layout':
    case 'directory':
      return reference.directory;
  }
}
