import type { IndexerServiceClient, MatcherServiceClient } from '@clair/contracts';
import { Unavailable } from '@clair/model';
import { afterEach, describe, expect, it } from 'vitest';
import { RemoteFailure, ServiceError, type ServiceErrorKind } from '../errors/service-error.ts';
import {
  endless,
  type Implementations,
  implementationsWith,
  messages,
  type Overrides,
  waitingForAbort,
} from './contract-implementations.ts';

export interface Connected {
  readonly matcher: MatcherServiceClient;
  readonly indexer: IndexerServiceClient;
  close(): Promise<void>;
}

/** Unary calls of these clients are to end after this long. */
export const CONTRACT_DEADLINE_MS = 500;

const KINDS: readonly ServiceErrorKind[] = [
  'invalid-argument',
  'not-found',
  'failed-precondition',
  'resource-exhausted',
  'conflict',
  'unauthenticated',
];

/** What every client of a service does, with a wire and without one. */
export function describeClientContract(name: string, connect: (to: Implementations) => Promise<Connected>): void {
  describe(name, () => {
    const open: Connected[] = [];
    afterEach(async () => {
      for (const connected of open.splice(0)) await connected.close();
    });
    const connected = async (overrides: Overrides): Promise<Connected> => {
      const made = await connect(implementationsWith(overrides));
      open.push(made);
      return made;
    };
    describeMessages(connected);
    describeErrors(connected);
    describeEnds(connected);
  });
}

type Connect = (overrides: Overrides) => Promise<Connected>;

function describeMessages(connect: Connect): void {
  it('fills in what a message leaves out, in both directions', async () => {
    let seen: unknown;
    const { matcher } = await connect({
      matcher: {
        async listUpdateOperations(request) {
          seen = request;
          return { operations: [{ feed: 'debian' }] };
        },
      },
    });
    const answer = await matcher.listUpdateOperations({});
    expect(seen).toEqual({ latest: false, includeDeleted: false });
    expect(answer.operations[0]).toMatchObject({ feed: 'debian', id: 0, ref: '', firstLoad: false });
  });

  it('copies messages, so that neither side sees the other change them', async () => {
    const kept = { hashes: ['sha256:a'] };
    const { indexer } = await connect({
      indexer: {
        async deleteManifests(request) {
          // Safety: the types forbid what this test is about.
          (request.hashes as string[]).push('sha256:theirs');
          return kept;
        },
      },
    });
    const request = { hashes: ['sha256:mine'] };
    const answer = await indexer.deleteManifests(request);
    // Safety: the types forbid what this test is about.
    (answer.hashes as string[]).push('sha256:later');
    expect(request.hashes).toEqual(['sha256:mine']);
    expect(kept.hashes).toEqual(['sha256:a']);
  });

  it('streams requests to one answer', async () => {
    const { matcher } = await connect({
      matcher: {
        async applyUpdate(requests) {
          const cases: (string | undefined)[] = [];
          for await (const { message } of requests) cases.push(message?.$case);
          return { operation: cases.length, unchanged: cases.join() === 'header,commit' };
        },
      },
    });
    const answer = await matcher.applyUpdate(
      messages([
        { message: { $case: 'header', value: { feed: 'debian' } } },
        { message: { $case: 'commit', value: { advisories: 0 } } },
      ]),
    );
    expect(answer).toMatchObject({ operation: 2, unchanged: true, rowsWritten: 0 });
  });

  it('streams answers in order', async () => {
    const { matcher } = await connect({
      matcher: {
        async *diffOperations({ after }) {
          for (let index = 0; index < 300; index += 1) yield { change: `${after + index}` };
        },
      },
    });
    const changes: string[] = [];
    for await (const { change } of matcher.diffOperations({ after: 5 })) changes.push(change);
    expect(changes).toEqual(Array.from({ length: 300 }, (_, index) => `${5 + index}`));
  });

  it('streams both ways at once', async () => {
    const { indexer } = await connect({
      indexer: {
        async *findAffectedManifests(requests) {
          for await (const { ref } of requests) yield { ref, end: true };
        },
      },
    });
    const answers = indexer.findAffectedManifests(messages([{ ref: 1 }, { ref: 2 }]));
    const refs: number[] = [];
    for await (const { ref, end } of answers) refs.push(end ? ref : -1);
    expect(refs).toEqual([1, 2]);
  });

  it('lets a handler answer before it has read all requests', async () => {
    const { matcher } = await connect({ matcher: { applyUpdate: async () => ({ operation: 7 }) } });
    const answer = await matcher.applyUpdate(endless());
    expect(answer.operation).toBe(7);
  });
}

function describeErrors(connect: Connect): void {
  it.each(KINDS)('hands on the kind and the text of %s', async (kind) => {
    const { matcher } = await connect({
      matcher: { listFeeds: () => Promise.reject(new ServiceError(kind, 'because')) },
    });
    await expect(matcher.listFeeds({})).rejects.toMatchObject({ name: 'ServiceError', kind, message: 'because' });
  });

  it('turns Unavailable, and the kind of that name, into Unavailable', async () => {
    for (const error of [new Unavailable('the database is away'), new ServiceError('unavailable', 'not yet')]) {
      const { matcher } = await connect({ matcher: { deleteUpdateOperation: () => Promise.reject(error) } });
      await expect(matcher.deleteUpdateOperation({})).rejects.toBeInstanceOf(Unavailable);
    }
  });

  it('shows nothing of an unexpected error', async () => {
    const { matcher } = await connect({ matcher: { listFeeds: () => Promise.reject(new Error('a secret')) } });
    const error: unknown = await matcher.listFeeds({}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RemoteFailure);
    expect(String(error)).not.toContain('secret');
  });

  it('hands on an error in the middle of a stream, after what came before it', async () => {
    const { matcher } = await connect({
      matcher: {
        async *diffOperations() {
          yield { change: 'added' };
          throw new ServiceError('failed-precondition', 'too old');
        },
      },
    });
    const changes: string[] = [];
    const read = async () => {
      for await (const { change } of matcher.diffOperations({})) changes.push(change);
    };
    await expect(read()).rejects.toMatchObject({ kind: 'failed-precondition', message: 'too old' });
    expect(changes).toEqual(['added']);
  });

  it('rejects with the caller’s own error when its requests throw, and tells the handler', async () => {
    const handlerEnded = Promise.withResolvers<string>();
    const handlerReads = Promise.withResolvers<void>();
    const { matcher } = await connect({
      matcher: {
        async applyUpdate(requests, { signal }) {
          try {
            for await (const _ of requests) handlerReads.resolve();
            handlerEnded.resolve('read to the end');
          } catch {
            handlerEnded.resolve(signal.aborted ? 'aborted' : 'threw');
          }
          return {};
        },
      },
    });
    async function* failing() {
      yield { message: { $case: 'header' as const, value: { feed: 'debian' } } };
      await handlerReads.promise;
      throw new Error('the file ended');
    }
    await expect(matcher.applyUpdate(failing())).rejects.toThrow('the file ended');
    expect(await handlerEnded.promise).toBe('aborted');
  });
}

function describeEnds(connect: Connect): void {
  it('aborts a unary call on both sides', async () => {
    const handler = waitingForAbort();
    const { matcher } = await connect({ matcher: { getVulnerabilityReport: handler.answer } });
    const abort = new AbortController();
    const answer = matcher.getVulnerabilityReport({}, { signal: abort.signal });
    await handler.entered;
    abort.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await handler.aborted;
  });

  it('does not begin a call whose signal is aborted already', async () => {
    const { matcher } = await connect({});
    await expect(matcher.listFeeds({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('ends a call that takes too long with Unavailable, and tells the handler', async () => {
    const handler = waitingForAbort();
    const { matcher } = await connect({ matcher: { getVulnerabilityReport: handler.answer } });
    await expect(matcher.getVulnerabilityReport({})).rejects.toBeInstanceOf(Unavailable);
    await handler.aborted;
  });

  it('tells the handler when the caller leaves a stream', async () => {
    const ended = Promise.withResolvers<void>();
    const { matcher } = await connect({
      matcher: {
        async *diffOperations(_request, { signal }) {
          signal.addEventListener('abort', () => ended.resolve());
          for (;;) {
            yield { change: 'added' };
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        },
      },
    });
    for await (const { change } of matcher.diffOperations({})) {
      expect(change).toBe('added');
      break;
    }
    await ended.promise;
  });

  it('does not take an aborted stream of requests for a finished one', async () => {
    const handlerEnded = Promise.withResolvers<string>();
    const { matcher } = await connect({
      matcher: {
        async applyUpdate(requests) {
          try {
            for await (const _ of requests) abort.abort();
            handlerEnded.resolve('read to the end');
          } catch (error) {
            handlerEnded.resolve(error instanceof Error ? error.name : 'threw');
          }
          return {};
        },
      },
    });
    const abort = new AbortController();
    const answer = matcher.applyUpdate(endless(), { signal: abort.signal });
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(await handlerEnded.promise).toBe('AbortError');
  });

  it('aborts a stream that waits for its next answer', async () => {
    const entered = Promise.withResolvers<void>();
    const { matcher } = await connect({
      matcher: {
        async *diffOperations(_request, { signal }) {
          yield { change: 'added' };
          entered.resolve();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    });
    const abort = new AbortController();
    const read = async () => {
      for await (const _ of matcher.diffOperations({}, { signal: abort.signal }))
        void entered.promise.then(() => abort.abort());
    };
    await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
  });
}
