#!/usr/bin/env node
import { runUnderNode24 } from '../../clair/bin/run-under-node24.mjs';

await runUnderNode24(new URL('../src/main.ts', import.meta.url));
