export { scanLayer } from './index/scan-layer.ts';
export { createIndexerService, type IndexerService, type IndexerServiceDeps } from './service.ts';
export { migrations } from './store/migrations.ts';
