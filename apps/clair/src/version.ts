import packageJson from '../package.json' with { type: 'json' };

/** Of the whole project; all packages share it. */
export const VERSION: string = packageJson.version;
