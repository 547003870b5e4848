/**
 * What an image says of its distribution, mostly os-release(5).
 * @see https://www.freedesktop.org/software/systemd/man/latest/os-release.html
 */
export interface Distribution {
  /** `ID`: `debian`, `alpine`. */
  readonly did: string;
  /** `NAME`: `Debian GNU/Linux`. */
  readonly name: string;
  /** `VERSION`: `12 (bookworm)`. */
  readonly version: string;
  /** `VERSION_CODENAME`: `bookworm`. */
  readonly versionCodeName: string;
  /** `VERSION_ID`: `12`, `3.20.1`. */
  readonly versionId: string;
  readonly arch: string;
  /** `CPE_NAME`. */
  readonly cpe: string;
  readonly prettyName: string;
  /** The namespace that the packages of this distribution live in (`debian:12`, `alpine:v3.20`); empty when nobody knows it. */
  readonly namespace: string;
}
