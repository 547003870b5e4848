import { oneDocumentFeed } from '../../secdb/one-document-feed.ts';

/** Chainguard security database. */
export const chainguard = oneDocumentFeed({
  id: 'chainguard',
  title: 'Chainguard security database',
  licence: 'none stated; published for vulnerability scanners',
  homepage: 'https://github.com/chainguard-dev/vulnerability-scanner-support',
  url: 'https://packages.cgr.dev/chainguard/security.json',
  database: "Chainguard's security database",
  reponame: 'chainguard',
});
