import { type LookupAddress, lookup as resolveName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { type AddressClass, classifyAddress } from './address-class.ts';

/** What is open besides the Internet. */
export interface AddressGuardOptions {
  /**
   * When given and not empty, the only hosts that may be asked: `host`, `host:port` or `*.domain`.
   * It does not open what the other options close.
   */
  readonly allowedHosts?: readonly string[];
  /** Private networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7, …), where registries live. */
  readonly allowPrivate: boolean;
  /** 127/8 and ::1. */
  readonly allowLoopback: boolean;
  /** Public addresses are refused: for a process that must not reach the Internet. Default false. */
  readonly privateOnly?: boolean;
  /** By which keys of the configuration the operator opens what is closed; a refusal names them. */
  readonly keys?: { readonly private?: string; readonly loopback?: string; readonly allowedHosts?: string };
}

/**
 * Decides which hosts this process may talk to on behalf of others. Link-local and cloud metadata addresses, unspecified and
 * multicast ones are refused whatever the options. The check is made on the address that is connected to, after the name
 * was resolved, so a name that resolves differently the second time changes nothing.
 */
export interface AddressGuard {
  /** For undici: opens connections only to addresses that pass. */
  readonly dispatcher: Dispatcher;
  /** Why `url` is refused before any name is resolved: scheme, user name, host list, metadata names, literal addresses. */
  refuseUrl(url: URL): UrlRefusal | undefined;
  /** Why an address is refused. */
  refuseAddress(address: string): string | undefined;
  /** Closes idle connections; requests under way are ended. */
  close(): Promise<void>;
}

/** Why a URL is not asked for: it is none of ours to fetch, or its host is closed. */
export interface UrlRefusal {
  readonly kind: 'bad-url' | 'forbidden-address';
  readonly reason: string;
}

/** What a refused connection fails with. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Names of metadata services; most resolve to addresses that are refused anyway, but not with every resolver. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
  'metadata.packet.net',
]);

/** Makes a guard with connections of its own; {@link AddressGuard.close} it when done. */
export function createGuard(options: AddressGuardOptions): AddressGuard {
  const refuseAddress = (address: string) => refusalOf(classifyAddress(address), options);
  const dispatcher = new Agent({ connect: guardedConnector(refuseAddress) });
  return {
    dispatcher,
    refuseUrl: (url) => refuseUrl(url, options),
    refuseAddress,
    close: () => dispatcher.destroy(),
  };
}

function refusalOf(addressClass: AddressClass, options: AddressGuardOptions): string | undefined {
  const { keys = {} } = options;
  switch (addressClass) {
    case 'public':
      return options.privateOnly === true
        ? 'it is a public address, and this service stays in private networks'
        : undefined;
    case 'private':
      if (options.allowPrivate) return undefined;
      return `it is in a private network, which this service may not reach${openedBy(keys.private)}`;
    case 'loopback':
      if (options.allowLoopback) return undefined;
      return `it is this machine itself, which this service may not reach${openedBy(keys.loopback)}`;
    case 'forbidden':
      return 'link-local, metadata, unspecified and multicast addresses are never reached';
  }
}

function openedBy(key: string | undefined): string {
  return key === undefined ? '' : `; ${key} allows it`;
}

function refuseUrl(url: URL, options: AddressGuardOptions): UrlRefusal | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'bad-url', reason: `only http and https are fetched, not ${url.protocol}` };
  }
  if (url.username !== '' || url.password !== '') {
    return { kind: 'bad-url', reason: 'a user name or password in a URL is not accepted; send a header instead' };
  }
  const host = bareHost(url.hostname);
  if (METADATA_NAMES.has(host)) return { kind: 'forbidden-address', reason: 'metadata services are never reached' };
  const { allowedHosts = [], keys = {} } = options;
  const place = keys.allowedHosts === undefined ? '' : ` to ${keys.allowedHosts}`;
  if (allowedHosts.length > 0 && !allowedHosts.some((pattern) => matchesHost(pattern, host, effectivePort(url)))) {
    return {
      kind: 'forbidden-address',
      reason: `${host} is not among the allowed hosts; the operator can add it${place}`,
    };
  }
  const reason = isIP(host) === 0 ? undefined : refusalOf(classifyAddress(host), options);
  return reason === undefined ? undefined : { kind: 'forbidden-address', reason };
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function effectivePort(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}

function matchesHost(pattern: string, host: string, port: string): boolean {
  const { name, wantedPort } = splitPattern(pattern.toLowerCase());
  if (wantedPort !== undefined && wantedPort !== port) return false;
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length > name.length - 1 : host === name;
}

/** `host`, `host:port`, `[::1]`, `[::1]:port` or a bare IPv6 address. */
function splitPattern(pattern: string): { readonly name: string; readonly wantedPort: string | undefined } {
  if (isIP(pattern) === 6) return { name: pattern, wantedPort: undefined };
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(pattern);
  return { name: bareHost(match?.[1] ?? pattern), wantedPort: match?.[2] };
}

function guardedConnector(refuseAddress: (address: string) => string | undefined): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(refuseAddress), timeout: CONNECT_TIMEOUT_MS });
  return (options, callback) => {
    const host = bareHost(options.hostname);
    // A literal address is connected to without a lookup.
    const reason = isIP(host) === 0 ? undefined : refuseAddress(host);
    if (reason !== undefined) {
      callback(new AddressRefused(`${host}: ${reason}`), null);
      return;
    }
    connect(options, callback);
  };
}

function guardedLookup(refuseAddress: (address: string) => string | undefined): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const allowed = addresses.filter(({ address }) => refuseAddress(address) === undefined);
      const [first] = allowed;
      if (first === undefined) callback(noneAllowed(hostname, addresses, refuseAddress), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function noneAllowed(
  hostname: string,
  addresses: readonly LookupAddress[],
  refuseAddress: (address: string) => string | undefined,
): AddressRefused {
  const [first] = addresses;
  if (first === undefined) return new AddressRefused(`${hostname} has no address`);
  // The address is left out: whoever asked need not learn what names of our network resolve to.
  return new AddressRefused(`${hostname}: ${refuseAddress(first.address) ?? 'refused'}`);
}
