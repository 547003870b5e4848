export { ClairApi, CommandError, type ManifestV1 } from './api.ts';
export { renderReport } from './output/report-text.ts';
export { toReportView } from './output/to-report-view.ts';
export { createProgram } from './program.ts';
