import { err, ok, type Result } from '@clair/model';
import { parseGrpcAddress, parseListenAddress } from './address.ts';
import { parseDuration } from './duration.ts';
import type { TextForm } from './schema-fields.ts';

const REGEXP_CHARS_MAX = 1000;

/** Whether a string of the config is what its schema says it must be; the error is for the operator. */
export const TEXT_FORMS: Readonly<Record<TextForm, (text: string) => Result<unknown, string>>> = {
  duration: parseDuration,
  'listen-address': parseListenAddress,
  'grpc-address': parseGrpcAddress,
  'http-url': checkHttpUrl,
  base64: checkBase64,
  regexp: checkRegexp,
  host: checkHost,
};

function checkHttpUrl(text: string): Result<unknown, string> {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'http:' || protocol === 'https:' ? ok(text) : err('is not an http or https URL');
}

function checkBase64(text: string): Result<unknown, string> {
  const isBase64 = text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  return isBase64 ? ok(text) : err('is not base64 (standard alphabet, padded), or is empty');
}

function checkRegexp(text: string): Result<unknown, string> {
  if (text.length > REGEXP_CHARS_MAX) return err(`is longer than ${REGEXP_CHARS_MAX} characters`);
  try {
    return ok(new RegExp(text));
  } catch {
    return err('is not a regular expression');
  }
}

function checkHost(text: string): Result<unknown, string> {
  const isHost = /^(\*\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(text);
  const isIpv6 = /^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(text);
  return isHost || isIpv6 ? ok(text) : err('is not a host such as registry.example.org:5000 or *.example.org');
}
