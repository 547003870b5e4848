import type { ServiceImplementation, TsProtoServiceDefinition } from 'nice-grpc';

/** A service of the protocol and who answers for it. Made by {@link bind}, which checks that the two fit. */
export interface GrpcBinding {
  readonly definition: TsProtoServiceDefinition;
  readonly implementation: ServiceImplementation<TsProtoServiceDefinition>;
}

/** Pairs a generated definition with an implementation of all its methods. */
export function bind<D extends TsProtoServiceDefinition>(
  definition: D,
  implementation: ServiceImplementation<D>,
): GrpcBinding {
  // Safety: the two were checked against each other by this signature; only the pair is ever handed on.
  return { definition, implementation: implementation as ServiceImplementation<TsProtoServiceDefinition> };
}
