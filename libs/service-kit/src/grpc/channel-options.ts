import type { ChannelOptions } from '@grpc/grpc-js';

const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** What both sides agree on: how large a message may be, and how a dead connection is noticed. */
export const CHANNEL_LIMITS = {
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
} as const satisfies ChannelOptions;

/** Calls go to every address that DNS knows of the host, so that a headless service is balanced by its clients. */
export const CLIENT_CHANNEL = {
  ...CHANNEL_LIMITS,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 3000,
  'grpc.dns_min_time_between_resolutions_ms': 5000,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
} as const satisfies ChannelOptions;
