import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AuthenticatedRequest, Public, RequireScope } from '@logstead/tenancy';
import { Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiCookieAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiProperty,
  ApiQuery,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { ApiFilters } from '../logs/api-parameters.decorators';
import type { RawQuery } from '../params/request-params';
import { EventStreamSink } from './event-stream-sink';
import { TailTickets } from './tail-tickets';
import { TailService } from './tail.service';

export class TailTicketDto {
  @ApiProperty({ description: 'Pass it as ?ticket=; it can be used once' }) ticket!: string;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
}

interface TailRequest extends AuthenticatedRequest {
  readonly id: string;
  readonly query: RawQuery;
  readonly raw: IncomingMessage;
}
interface TailReply {
  readonly raw: ServerResponse;
  hijack(): void;
}

@ApiTags('logs')
@ApiCookieAuth('session')
@ApiSecurity('apiKey')
@Controller('api/v1/logs/tail')
export class TailController {
  constructor(
    private readonly tails: TailService,
    private readonly tickets: TailTickets,
  ) {}

  @Post('ticket')
  @HttpCode(200)
  @RequireScope('query')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A single-use ticket for a live tail opened by a browser; good for 30 s' })
  @ApiOkResponse({ type: TailTicketDto })
  ticket(@Req() request: TailRequest): TailTicketDto {
    const { ticket, expiresAtMs } = this.tickets.issue(request);
    return { ticket, expiresAt: new Date(expiresAtMs).toISOString() };
  }

  /** Public for the guard, since a ticket is no header: the service authenticates. */
  @Get()
  @Public()
  @ApiOperation({
    summary: 'Logs as they are committed, as server-sent events; the same address takes WebSockets',
  })
  @ApiFilters({ times: false })
  @ApiQuery({ name: 'ticket', required: false })
  @ApiQuery({ name: 'cursor', required: false, description: 'Go on behind the last event seen' })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'Events logs, dropped, heartbeat and error', schema: { type: 'string' } })
  async stream(@Req() request: TailRequest, @Res() reply: TailReply): Promise<void> {
    const { ticket } = request.query;
    const watcher = await this.tails.authenticate(request, typeof ticket === 'string' ? ticket : undefined);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that buffer answers would hold events back.
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': request.id,
    });
    raw.flushHeaders();
    const lastEventId = request.headers['last-event-id'];
    const sink = new EventStreamSink(raw);
    await this.tails.serve(
      watcher,
      request.query,
      sink,
      request.id,
      typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined,
    );
  }
}
