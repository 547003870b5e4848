import type { Result } from '@clair/model';
import type { SbomDocument } from './component.ts';
import type { JsonObject } from './json.ts';

/** A format of documents: a file of `formats/` and a line of `registry.ts`. */
export interface SbomFormat {
  /** As reports name it: `cyclonedx`. */
  readonly id: string;
  /** For people, with what tells it: `CycloneDX JSON ("bomFormat": "CycloneDX")`. */
  readonly title: string;
  readonly isFormatOf: (document: JsonObject) => boolean;
  /** The error says what of the document is not as the format has it, and where. */
  readonly read: (document: JsonObject) => Result<SbomDocument, string>;
}
