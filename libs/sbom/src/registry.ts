import { cyclonedx } from './formats/cyclonedx.ts';
import { spdx } from './formats/spdx.ts';
import { syft } from './formats/syft.ts';
import type { SbomFormat } from './sbom-format.ts';

/** The registry: one line a format. The first that claims a document has it. */
export const SBOM_FORMATS: readonly SbomFormat[] = [cyclonedx, spdx, syft];
