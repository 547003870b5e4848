import { oneDocumentFeed } from '../../secdb/one-document-feed.ts';

/** Wolfi security database. */
export const wolfi = oneDocumentFeed({
  id: 'wolfi',
  title: 'Wolfi security database',
  licence: 'Apache-2.0',
  homepage: 'https://github.com/wolfi-dev/advisories',
  url: 'https://packages.wolfi.dev/os/security.json',
  database: "Wolfi's security database",
  reponame: 'os',
});
