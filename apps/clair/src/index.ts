export { type LaunchOptions, launch, type Running } from './launch.ts';
export { StartFailure } from './start-failure.ts';
export { VERSION } from './version.ts';
export { checkWiring } from './wiring.ts';
