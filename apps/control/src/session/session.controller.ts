import { Config } from '@logstead/config';
import { AppError, createValidationPipe } from '@logstead/errors';
import {
  clearedSessionCookie,
  CurrentSession,
  Public,
  RequireSession,
  type Session,
  sessionCookie,
  SessionService,
  sessionTokenOf,
  type SignInOrigin,
} from '@logstead/tenancy';
import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res, UsePipes } from '@nestjs/common';
import { ApiCookieAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerTime } from '../answer-time';
import { ChangePasswordDto, SessionAnswer, SignInByLinkDto, SignInDto } from './session.dto';

@ApiTags('session')
@Controller('api/v1/session')
@UsePipes(createValidationPipe())
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly config: Config,
  ) {}

  @Public()
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a password', security: [] })
  @ApiOkResponse({ type: SessionAnswer })
  async signIn(
    @Body() body: SignInDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    return this.opened(await this.sessions.signIn(body.email, body.password, originOf(request)), reply);
  }

  @Public()
  @Post('link')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a one-time link', security: [] })
  @ApiOkResponse({ type: SessionAnswer })
  async signInByLink(
    @Body() body: SignInByLinkDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    return this.opened(await this.sessions.signInByLink(body.token, originOf(request)), reply);
  }

  @RequireSession()
  @Get()
  @ApiCookieAuth('session')
  @ApiOperation({ summary: 'Who is signed in, with the CSRF token' })
  @ApiOkResponse({ type: SessionAnswer })
  current(
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): SessionAnswer {
    // The expiry slides in the store; the browser's copy of it must follow.
    const token = sessionTokenOf(request.headers.cookie);
    if (token !== undefined) this.setCookie(reply, token, session);
    void reply.header('cache-control', 'no-store');
    return answerOf(session);
  }

  @RequireSession()
  @Delete()
  @HttpCode(204)
  @ApiCookieAuth('session')
  @ApiOperation({ summary: 'Sign out' })
  @ApiNoContentResponse()
  async signOut(
    @CurrentSession() session: Session,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.signOut(session);
    void reply.header('set-cookie', clearedSessionCookie(this.config.https));
  }

  @RequireSession()
  @Post('password')
  @HttpCode(204)
  @ApiCookieAuth('session')
  @ApiOperation({ summary: 'Set the password; ends all other sessions' })
  @ApiNoContentResponse()
  async changePassword(
    @Body() body: ChangePasswordDto,
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.sessions.changePassword(session, body.currentPassword, body.newPassword, request.ip);
  }

  private async opened(token: string, reply: FastifyReply): Promise<SessionAnswer> {
    const session = await this.sessions.resolve(token);
    if (session === null)
      throw new AppError({ code: 'unauthenticated', message: 'The session has ended. Sign in again.' });
    this.setCookie(reply, token, session);
    void reply.header('cache-control', 'no-store');
    return answerOf(session);
  }

  private setCookie(reply: FastifyReply, token: string, session: Session): void {
    const cookie = sessionCookie(token, { secure: this.config.https, expiresAt: session.expiresAt });
    void reply.header('set-cookie', cookie);
  }
}

function originOf(request: FastifyRequest): SignInOrigin {
  return {
    address: request.ip,
    agent: request.headers['user-agent'] ?? '',
    currentToken: sessionTokenOf(request.headers.cookie),
  };
}

function answerOf(session: Session): SessionAnswer {
  const { id, email, name, platformAdmin } = session.user;
  return {
    user: { id, email, name, platformAdmin },
    tenants: session.memberships.map(({ tenant, slug, name: tenantName, role }) => ({
      id: tenant.tenantId,
      slug,
      name: tenantName,
      role,
      retentionDays: tenant.retentionDays,
    })),
    csrfToken: session.csrfToken,
    expiresAt: answerTime(session.expiresAt),
  };
}
