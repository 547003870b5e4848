import { Unavailable } from '@clair/model';
import type { Client, ServiceImplementation, TsProtoServiceDefinition } from 'nice-grpc';
import { type CallContext, type CallOptions, Metadata } from 'nice-grpc-common';
import { errorOfGrpcStatus, grpcStatusOf } from '../errors/grpc-status.ts';
import { InProcessCall } from './in-process-call.ts';

export interface InProcessOptions {
  /** Longest time of a unary call. Default: none. */
  readonly deadlineMs?: number;
}

type MethodDefinition = TsProtoServiceDefinition['methods'][string];
type Handler = (request: unknown, context: CallContext) => unknown;

/**
 * A client that calls the implementation in this process and behaves as if there were a wire between them: messages are
 * copied and normalised, errors go through the same mapping, an aborted or abandoned call aborts the handler's signal.
 * A failure of the implementation keeps its origin as `cause`.
 */
export function inProcessClient<D extends TsProtoServiceDefinition>(
  definition: D,
  implementation: ServiceImplementation<D>,
  options: InProcessOptions = {},
): Client<D> {
  const methods = Object.entries(definition.methods).map(([name, method]) => {
    const path = `/${definition.fullName}/${method.name}`;
    const handler: Handler = (request, context) => {
      // Safety: ServiceImplementation<D> has a function under every name of the definition's methods.
      const methods = implementation as Record<string, Handler>;
      return methods[name]?.(request, context);
    };
    return [name, clientMethod({ path, method, handler, options })];
  });
  // Safety: one function for each method of the definition, of the shape that its stream flags ask for.
  return Object.fromEntries(methods) as Client<D>;
}

interface ClientMethodParts {
  readonly path: string;
  readonly method: MethodDefinition;
  readonly handler: Handler;
  readonly options: InProcessOptions;
}

function clientMethod(parts: ClientMethodParts) {
  return (request: unknown, options: CallOptions = {}): unknown =>
    parts.method.responseStream ? streamAnswers(parts, request, options) : answerOnce(parts, request, options);
}

async function answerOnce(parts: ClientMethodParts, request: unknown, options: CallOptions): Promise<unknown> {
  const call = new InProcessCall(options.signal, parts.options.deadlineMs);
  const context = contextOf(call, options);
  try {
    call.throwIfEnded();
    const answer = parts.handler(requestOf(parts.method, request, call), context);
    return normalise(parts.method.responseType, await call.orEnd(answer));
  } catch (error) {
    throw errorFor(parts.path, error, call);
  } finally {
    finish(call, context, options);
  }
}

async function* streamAnswers(
  parts: ClientMethodParts,
  request: unknown,
  options: CallOptions,
): AsyncGenerator<unknown> {
  const call = new InProcessCall(options.signal, undefined);
  const context = contextOf(call, options);
  try {
    call.throwIfEnded();
    // Safety: a method with a response stream answers with an async iterable.
    const answers = parts.handler(requestOf(parts.method, request, call), context) as AsyncIterable<unknown>;
    for await (const answer of call.untilEnd(answers)) yield normalise(parts.method.responseType, answer);
  } catch (error) {
    throw errorFor(parts.path, error, call);
  } finally {
    finish(call, context, options);
  }
}

function contextOf(call: InProcessCall, options: CallOptions): CallContext {
  const header = Metadata();
  let isHeaderSent = false;
  return {
    metadata: Metadata(options.metadata),
    peer: 'in-process',
    header,
    trailer: Metadata(),
    signal: call.signal,
    sendHeader() {
      if (!isHeaderSent) options.onHeader?.(header);
      isHeaderSent = true;
    },
  };
}

function finish(call: InProcessCall, context: CallContext, options: CallOptions): void {
  call.end();
  context.sendHeader();
  options.onTrailer?.(context.trailer);
}

function requestOf(method: MethodDefinition, request: unknown, call: InProcessCall): unknown {
  if (!method.requestStream) return normalise(method.requestType, request);
  // Safety: a method with a request stream is given an async iterable.
  return call.requests(request as AsyncIterable<unknown>, (message) => normalise(method.requestType, message));
}

function normalise(type: MethodDefinition['requestType'], message: unknown): unknown {
  return type.fromPartial === undefined ? type.decode(type.encode(message).finish()) : type.fromPartial(message);
}

function errorFor(path: string, error: unknown, call: InProcessCall): unknown {
  const own = call.ownEnd();
  if (own !== undefined) return own.kind === 'deadline' ? new Unavailable(`${path} took too long`) : own.error;
  return errorOfGrpcStatus(path, grpcStatusOf(error), error);
}
