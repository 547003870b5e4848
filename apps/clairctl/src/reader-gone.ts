/** Why a command is aborted when nobody reads its output any more, as in `clairctl … | head`: not an interrupt, and no error. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}
