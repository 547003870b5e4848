export { createNotifierService, type NotifierDependencies, type NotifierService } from './service.ts';
export { migrations } from './store/migrations.ts';
export { oweToSubscriptions } from './store/owe-to-subscriptions.ts';
