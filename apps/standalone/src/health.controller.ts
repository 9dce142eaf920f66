import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@logstead/postgres';
import { metrics } from '@logstead/telemetry';
import { Public } from '@logstead/tenancy';
import type { FastifyReply } from 'fastify';
import { Lifecycle } from './lifecycle';
import { VERSION } from './version';

/** A probe must answer well before its own timeout, also when the database hangs. */
const PING_TIMEOUT_MS = 2_000;

@ApiTags('operations')
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get('health')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Version and state' })
  health(): { status: string; version: string } {
    return { status: this.lifecycle.current === 'ready' ? 'ok' : this.lifecycle.current, version: VERSION };
  }

  @Get('health/live')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Answers while the process runs' })
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: '200 when requests can be served; 503 while starting, stopping or without the database',
  })
  async ready(
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ status: string; database: string }> {
    const database = await this.databaseState();
    const ready = this.lifecycle.current === 'ready' && database === 'ok';
    if (!ready) void reply.status(503).header('retry-after', '1');
    return {
      status: ready ? 'ok' : this.lifecycle.current === 'ready' ? 'unavailable' : this.lifecycle.current,
      database,
    };
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Figures of the process in the Prometheus text format' })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await metrics.render();
    void reply.header('content-type', contentType);
    return text;
  }

  private async databaseState(): Promise<'ok' | 'away'> {
    const timeout = AbortSignal.timeout(PING_TIMEOUT_MS);
    const timedOut = new Promise<never>((_resolve, reject) => {
      timeout.addEventListener('abort', () => reject(new Error('timeout')), { once: true });
    });
    try {
      await Promise.race([this.database.ping(), timedOut]);
      return 'ok';
    } catch {
      return 'away';
    }
  }
}
