import type { ExtensionType } from './entry-names.ts';
import type { TarFileSink } from './tar-file.ts';

/** Where the bytes that come next belong. */
export type Body =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly size: number;
      filled: number;
      /** Absent while it is not known whether the content is wanted; what came by then is in the walker's block. */
      sink: TarFileSink | undefined;
      readonly paddingBytes: number;
    }
  | {
      readonly kind: 'extension';
      readonly type: ExtensionType;
      readonly bytes: Buffer;
      filled: number;
      readonly paddingBytes: number;
    };

export type FileBody = Extract<Body, { readonly kind: 'file' }>;
