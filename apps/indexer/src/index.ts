export { createIndexerService, type IndexerService, type IndexerServiceDeps } from './service.ts';
export { migrations } from './store/migrations.ts';
