/** What the process that indexes an image prints. */
export interface IndexedImage {
  readonly seconds: number;
  /** Of the whole process, before it was asked and at its highest. */
  readonly idleRssBytes: number;
  readonly peakRssBytes: number;
  readonly packages: number;
}

export interface IndexRequest {
  readonly connstring: string;
  /** The lowest first. */
  readonly layers: readonly { readonly digest: string; readonly url: string }[];
}

/** What the process that scans the layers of an image one after the other prints. */
export interface ScannedImage {
  readonly seconds: number;
  readonly scanners: readonly {
    readonly scanner: string;
    readonly files: number;
    readonly packages: number;
    readonly seconds: number;
  }[];
}

export interface ScanRequest {
  readonly layers: readonly { readonly digest: string; readonly path: string }[];
}
