import { describeOneDocumentFeed } from '../../testing/describe-one-document-feed.ts';
import { chainguard } from './index.ts';

describeOneDocumentFeed({
  feed: chainguard,
  reponame: 'chainguard',
  sample: { advisories: 197, notAffected: 19, packages: 57 },
});
