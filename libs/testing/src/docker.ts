import { request } from 'node:http';

const PING_TIMEOUT_MS = 1_000;

/** Whether a Docker daemon answers, asked once and for at most a second; where, by `DOCKER_HOST` or at the usual socket. */
export function dockerAnswers(dockerHost = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'): Promise<boolean> {
  const target = pingTarget(dockerHost);
  if (target === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: PING_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => resolve(false));
    ping.once('close', () => resolve(false));
    ping.end();
  });
}

function pingTarget(dockerHost: string): { socketPath: string } | { host: string; port: number } | undefined {
  const url = URL.parse(dockerHost);
  if (url === null) return undefined;
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  return url.protocol === 'tcp:' ? { host: url.hostname, port: Number(url.port || 2375) } : undefined;
}
