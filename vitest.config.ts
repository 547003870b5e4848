import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{libs,apps,tools,bench,examples}/**/*.spec.ts'],
          exclude: ['**/node_modules/**', '**/*.int.spec.ts'],
          setupFiles: ['libs/testing/src/no-network.ts'],
        },
      },
      {
        test: {
          name: 'int',
          sequence: { groupOrder: 1 },
          include: ['{libs,apps,tools,examples}/**/*.int.spec.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['libs/testing/src/global-services.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
