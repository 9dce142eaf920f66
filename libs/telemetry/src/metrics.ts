import {
  collectDefaultMetrics,
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';

/**
 * The metrics of the process, served by `/metrics`. Names are `<app>_<noun>_<unit>_total`; ids of tenants, keys or
 * logs are never label values. Declaring a name a second time gives the first one back.
 */
export class Metrics {
  readonly registry = new Registry();

  counter<T extends string = never>(options: Omit<CounterConfiguration<T>, 'registers'>): Counter<T> {
    const known = this.registry.getSingleMetric(options.name);
    return known instanceof Counter ? known : new Counter({ ...options, registers: [this.registry] });
  }

  gauge<T extends string = never>(options: Omit<GaugeConfiguration<T>, 'registers'>): Gauge<T> {
    const known = this.registry.getSingleMetric(options.name);
    return known instanceof Gauge ? known : new Gauge({ ...options, registers: [this.registry] });
  }

  histogram<T extends string = never>(options: Omit<HistogramConfiguration<T>, 'registers'>): Histogram<T> {
    const known = this.registry.getSingleMetric(options.name);
    return known instanceof Histogram ? known : new Histogram({ ...options, registers: [this.registry] });
  }

  /** Adds memory, CPU, event-loop and garbage-collection figures of the process. */
  collectProcess(): void {
    if (this.registry.getSingleMetric('process_cpu_seconds_total') === undefined) {
      collectDefaultMetrics({ register: this.registry });
    }
  }

  /** The exposition text and its content type. */
  async render(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}

/** One registry a process. */
export const metrics = new Metrics();
