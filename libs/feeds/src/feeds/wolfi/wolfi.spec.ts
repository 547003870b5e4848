import { describeOneDocumentFeed } from '../../testing/describe-one-document-feed.ts';
import { wolfi } from './index.ts';

describeOneDocumentFeed({ feed: wolfi, reponame: 'os', sample: { advisories: 59, notAffected: 6, packages: 27 } });
