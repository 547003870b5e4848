export type { BearerRefusal, MintTokenOptions, VerifyBearerOptions } from './auth/psk.ts';
export { intraserviceIssuer, mintToken, verifyBearer, webhookIssuer } from './auth/psk.ts';
export { type PskAuth, pskOfConfig } from './auth/psk-of-config.ts';
export {
  GRPC_PORT,
  grpcAddress,
  type ListenAddress,
  listenAddress,
  parseGrpcAddress,
  parseListenAddress,
} from './config/address.ts';
export { configJsonSchema, redactConfig } from './config/check-config.ts';
export { durationMs, parseDuration } from './config/duration.ts';
export { loadConfigFile } from './config/load-config-file.ts';
export { connstringKey, MODES, type Mode, parseMode } from './config/mode-rules.ts';
export { type ConfigProblem, problemLine } from './config/problem.ts';
export { type ConfigReading, type ReadConfigOptions, readConfig, readConfigValue } from './config/read-config.ts';
export { type RepositoryScannerSettings, repositoryScannerSettings } from './config/repository-scanner.ts';
export { type ClairConfig, configSchema, LOG_LEVELS, type LogLevel } from './config/schema.ts';
export type { ReadSecret } from './config/secret-files.ts';
export type { ConfigSource } from './config/sources.ts';
export { errorOfGrpcStatus, type GrpcStatus, grpcStatusOf } from './errors/grpc-status.ts';
export { type ErrorBody, type HttpProblem, httpProblemOf } from './errors/http-status.ts';
export { RemoteFailure, ServiceError, type ServiceErrorKind } from './errors/service-error.ts';
export { bind, type GrpcBinding } from './grpc/binding.ts';
export { type ConnectOptions, connectService } from './grpc/connect-service.ts';
export { type GrpcServer, type GrpcServerOptions, type GrpcTls, startGrpcServer } from './grpc/grpc-server.ts';
export { type InProcessOptions, inProcessClient } from './grpc/in-process-client.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions } from './http/http-server.ts';
export { type ConditionalRequest, ifNoneMatch } from './http/if-none-match.ts';
export { listenHttp } from './http/listen-http.ts';
export { type AcceptingRequest, type NegotiateOptions, negotiate } from './http/negotiate.ts';
export { type Introspection, type IntrospectionOptions, startIntrospection } from './lifecycle/introspection.ts';
export { type RunOptions, runUntilSignal, type SignalSource } from './lifecycle/run-until-signal.ts';
export type { ReadinessCheck, Service } from './lifecycle/service.ts';
export { createLogger, type Logger, type LoggerOptions, withoutUrlPassword } from './logging/logger.ts';
export { createMetrics, type Metrics, type MetricsOptions, metricName } from './metrics/metrics.ts';
