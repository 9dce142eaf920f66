/** Ids of the active span, as hex. */
export interface TraceContext {
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
}

/**
 * OpenTelemetry's API keeps its registered providers under this global symbol and the active span under this
 * context key, both by `Symbol.for`, so that several copies of the package in one process work together
 * (api/src/internal/global-utils.ts and api/src/context/context.ts). Reading them finds the host's span whichever
 * copy, module system or bundler it uses, and loads nothing when the host has no tracing.
 */
const API = Symbol.for('opentelemetry.js.api.1');
const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN');
const NO_TRACE = '0'.repeat(32);

interface OpenTelemetryGlobal {
  readonly context?: {
    active(): { getValue(key: symbol): { spanContext(): { traceId: string; spanId: string } } | undefined };
  };
}

/** @returns the active span's ids, or undefined without OpenTelemetry or outside a span; never throws */
export function activeTraceContext(): TraceContext | undefined {
  const api = (globalThis as { [API]?: OpenTelemetryGlobal })[API];
  if (api === undefined) return undefined;
  try {
    const span = api.context?.active().getValue(SPAN_KEY)?.spanContext();
    if (span === undefined || span.traceId === NO_TRACE) return undefined;
    return { traceId: span.traceId, spanId: span.spanId };
  } catch {
    return undefined;
  }
}
