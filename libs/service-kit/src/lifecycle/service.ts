import type { GrpcBinding } from '../grpc/binding.ts';
import type { HttpServer } from '../http/http-server.ts';

/** Something that has to work before the process can serve. */
export interface ReadinessCheck {
  readonly name: string;
  /** Rejects when it does not work now. Must not take longer than a second or two. */
  check(): Promise<void>;
}

/** One of our services, to be run alone in a process or together with the others. */
export interface Service {
  readonly name: string;
  readonly grpc: readonly GrpcBinding[];
  /** Adds its routes; called once, before the server listens. */
  registerHttp(server: HttpServer): void;
  readonly checks: readonly ReadinessCheck[];
  /** Begins what it does of its own accord (schedules, subscriptions). Servers listen only afterwards. */
  start(): Promise<void>;
  /** Ends all of that; resolves when nothing runs any more. Safe to call when `start` has failed or never ran. */
  stop(): Promise<void>;
}
