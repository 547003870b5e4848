/** The part of a reply that is looked at. */
interface ReplyToClient {
  readonly raw: { readonly destroyed: boolean; once(event: 'close', listener: () => void): unknown };
}

/** Aborts when the client goes away: as in Clair, it takes its request with it. Layers already scanned stay known. */
export function signalOfClient(reply: ReplyToClient): AbortSignal {
  const gone = new AbortController();
  // A client that left while its body was being read has closed already.
  if (reply.raw.destroyed) gone.abort();
  else reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
