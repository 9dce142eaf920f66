import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api';
import type { Context, ContextManager } from '@opentelemetry/api';
import { activeTraceContext } from './trace-context.ts';

const SPAN = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };

/** A context manager that holds one context, as the real ones do per asynchronous flow. */
function manager(active: Context): ContextManager {
  const own: ContextManager = {
    active: () => active,
    with: (_context, fn, thisArg, ...args) => fn.call(thisArg as ThisParameterType<typeof fn>, ...args),
    bind: (_context, target) => target,
    enable: () => own,
    disable: () => own,
  };
  return own;
}

describe('activeTraceContext', () => {
  afterEach(() => context.disable());

  it('is undefined without OpenTelemetry and outside spans', () => {
    expect(activeTraceContext()).toBeUndefined();
    context.setGlobalContextManager(manager(ROOT_CONTEXT));
    expect(activeTraceContext()).toBeUndefined();
  });

  it("finds the host's active span through the real API", () => {
    context.setGlobalContextManager(manager(trace.setSpanContext(ROOT_CONTEXT, SPAN)));
    expect(activeTraceContext()).toEqual({ traceId: SPAN.traceId, spanId: SPAN.spanId });
  });

  it('ignores invalid spans and survives a manager that throws', () => {
    context.setGlobalContextManager(
      manager(trace.setSpanContext(ROOT_CONTEXT, { ...SPAN, traceId: '0'.repeat(32) })),
    );
    expect(activeTraceContext()).toBeUndefined();
    context.disable();
    context.setGlobalContextManager({
      ...manager(ROOT_CONTEXT),
      active: () => {
        throw new Error('broken');
      },
    });
    expect(activeTraceContext()).toBeUndefined();
  });
});
