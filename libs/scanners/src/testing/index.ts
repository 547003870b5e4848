export { type ProgramForm, program, type SectionParts } from './executables.ts';
export { berkeleyBytes } from './rpm/berkeley-bytes.ts';
export { headerBytes, type MadeHeader, packageHeader } from './rpm/header-bytes.ts';
export { ndbBytes } from './rpm/ndb-bytes.ts';
export { rpmSqliteBytes } from './rpm/sqlite-bytes.ts';
