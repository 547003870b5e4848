import { HEAD_BYTES } from '../scanner.ts';
import { ByteView } from './byte-view.ts';

/** Endings of files that are no programs, of which images hold the most: not worth a look at their first bytes. */
const DATA_ENDINGS: ReadonlySet<string> = new Set(
  (
    'a c cfg class conf cpp css csv deb desc egg el eot gem gemspec gif go gz h hpp html ico inc inf info ini jar java jpeg jpg js json la list ' +
    'lock log lua m4 map md md5sums mjs mo o pc pem php pl pm png po pod postinst prerm py pyc pyi rb rpm rs rst scss sh shlibs spec svg tcl ' +
    'tgz tmpl toml triggers ts tsx ttf txt vim war whl woff woff2 xml xz yaml yml zip'
  ).split(' '),
);

/** Whether a file of that name may be a program; from its name alone, which says nothing for sure. */
export function mayBeExecutable(path: string): boolean {
  const dot = path.lastIndexOf('.');
  if (path === '' || path.endsWith('/')) return false;
  return dot <= path.lastIndexOf('/') + 1 || !DATA_ENDINGS.has(path.slice(dot + 1).toLowerCase());
}

/** Whether a file that begins so is an ELF, PE or Mach-O file. `head`: the first {@link HEAD_BYTES} bytes of it. */
export function beginsExecutable(head: Uint8Array): boolean {
  if (head.length < Math.min(HEAD_BYTES, 52)) return false;
  const magic = new ByteView(head, false).u32(0);
  if (magic === 0x7f45_4c46 || magic >>> 16 === 0x4d5a) return true;
  if (magic === 0xfeed_face || magic === 0xfeed_facf || magic === 0xcefa_edfe || magic === 0xcffa_edfe) return true;
  return (magic === 0xcafe_babe || magic === 0xcafe_babf) && new ByteView(head, false).u32(4) <= 30;
}
