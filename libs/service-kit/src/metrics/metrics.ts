import { invariant } from '@clair/model';
import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type Metric,
  Registry,
} from 'prom-client';

type WithoutRegistry<T> = Omit<T, 'registers'>;

/**
 * The metrics of one process. Names may be given in kebab-case and without the prefix; they come out as
 * `clair_some_name`. Asking twice for one name gives the same metric.
 */
export interface Metrics {
  readonly registry: Registry;
  counter<T extends string>(options: WithoutRegistry<CounterConfiguration<T>>): Counter<T>;
  histogram<T extends string>(options: WithoutRegistry<HistogramConfiguration<T>>): Histogram<T>;
  gauge<T extends string>(options: WithoutRegistry<GaugeConfiguration<T>>): Gauge<T>;
}

export interface MetricsOptions {
  /** Also collect those of the process (CPU, memory, event loop, GC) under their usual names. Default true. */
  readonly processMetrics?: boolean;
}

/** A registry of its own: nothing is shared with other instances, nor with prom-client's global registry. */
export function createMetrics({ processMetrics = true }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const known = <M extends Metric>(name: string, kind: new (options: never) => Metric, make: () => M): M => {
    const existing = registry.getSingleMetric(name);
    if (existing === undefined) return make();
    invariant(existing instanceof kind, `${name} is another kind of metric already`);
    // Safety: it is of the kind that `make` would make.
    return existing as Metric as M;
  };
  return {
    registry,
    counter(options) {
      const name = metricName(options.name);
      return known(name, Counter, () => new Counter({ ...options, name, registers: [registry] }));
    },
    histogram(options) {
      const name = metricName(options.name);
      return known(name, Histogram, () => new Histogram({ ...options, name, registers: [registry] }));
    },
    gauge(options) {
      const name = metricName(options.name);
      return known(name, Gauge, () => new Gauge({ ...options, name, registers: [registry] }));
    },
  };
}

/** `layer-seconds` → `clair_layer_seconds`. */
export function metricName(name: string): string {
  const snake = name.replaceAll(/[^a-zA-Z0-9]+/g, '_').toLowerCase();
  return snake.startsWith('clair_') ? snake : `clair_${snake}`;
}
