import { Metrics } from './metrics';

describe('Metrics', () => {
  it('gives the same metric for the same name', async () => {
    const metrics = new Metrics();
    metrics.counter({ name: 'ingest_logs_total', help: 'Logs accepted.' }).inc(2);
    metrics.counter({ name: 'ingest_logs_total', help: 'Logs accepted.' }).inc(3);
    const { contentType, text } = await metrics.render();
    expect(text).toContain('ingest_logs_total 5');
    expect(contentType).toContain('text/plain');
  });

  it('keeps registries apart', async () => {
    const metrics = new Metrics();
    new Metrics().gauge({ name: 'ingest_queue_bytes', help: 'Bytes waiting.' }).set(1);
    expect((await metrics.render()).text).not.toContain('ingest_queue_bytes');
  });

  it('adds process figures once', async () => {
    const metrics = new Metrics();
    metrics.collectProcess();
    metrics.collectProcess();
    expect((await metrics.render()).text).toContain('process_cpu_seconds_total');
  });
});
