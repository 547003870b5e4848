import { type Static, Type } from 'typebox';
import { VulnerabilityReportV2 } from './v2-schema.ts';

const { manifest_hash: _, ...reportProperties } = VulnerabilityReportV2.properties;

/** The report of an image, without the image. */
export const SbomReportV2 = Type.Object({
  ...reportProperties,
  sbom: Type.Object({
    format: Type.String({ description: '`cyclonedx`, `spdx` or `syft`' }),
    tool: Type.String({ description: 'What wrote the document; empty when it does not say' }),
    components: Type.Integer({ description: 'Files, images and operating systems are not counted' }),
    matched: Type.Integer({ description: 'Components that are in `packages`; the others are in `unmatched`' }),
  }),
  unmatched: Type.Array(Type.Object({ component: Type.String(), purl: Type.String(), reason: Type.String() }), {
    description: 'Components that no advisory can be asked about, and why',
  }),
});

export type SbomReportV2 = Static<typeof SbomReportV2>;
