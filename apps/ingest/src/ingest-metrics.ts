import type { Metrics } from '@logstead/telemetry';

/** What the receiver and the writer count; one update a batch, never one a log. */
export class IngestMetrics {
  readonly requests;
  readonly accepted;
  readonly rejected;
  readonly bytes;
  readonly seconds;

  constructor(metrics: Metrics) {
    this.requests = metrics.counter<'status'>({
      name: 'ingest_requests_total',
      help: 'Ingest requests by HTTP status',
      labelNames: ['status'],
    });
    this.accepted = metrics.counter({ name: 'ingest_logs_accepted_total', help: 'Logs accepted and stored' });
    this.rejected = metrics.counter<'code'>({
      name: 'ingest_logs_rejected_total',
      help: 'Logs rejected by reason',
      labelNames: ['code'],
    });
    this.bytes = metrics.counter({
      name: 'ingest_body_bytes_total',
      help: 'Bytes of decompressed request bodies',
    });
    this.seconds = metrics.histogram({
      name: 'ingest_request_seconds',
      help: 'From the first byte of a request to its answer',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    });
  }
}
