import { CommandError } from '../api.ts';
import { findImage, type ImageOptions, manifestOf, notesOf } from '../image.ts';
import type { Terminal } from './report.ts';

/** Prints the manifest of each image as one line of JSON, ready to be posted to `index_report`. */
export async function manifest(
  images: readonly string[],
  options: Omit<ImageOptions, 'signal'>,
  terminal: Terminal,
): Promise<number> {
  for (const text of images) {
    const image = await findImage(text, { ...options, signal: terminal.signal });
    if (image.reference.kind !== 'registry') {
      throw new CommandError(
        `${text}: only an image in a registry has a manifest that a service can use; use "clairctl report" for local ones`,
      );
    }
    for (const note of notesOf(image.resolved)) terminal.err(`clairctl: ${text}: ${note}\n`);
    terminal.out(`${JSON.stringify(manifestOf(image))}\n`);
  }
  return 0;
}
