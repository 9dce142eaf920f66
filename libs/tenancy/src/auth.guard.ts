import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '@logstead/errors';
import type { FastifyRequest } from 'fastify';
import { ACCESS_RULE, type AccessRule, setPrincipal } from './access.decorators';
import { authorize } from './authorize';
import { refuseCrossSite, RequestAuthenticator } from './request-authenticator';

/** The one guard of all routes. Default deny: a route that declares no rule is refused, whoever calls. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: RequestAuthenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === undefined) {
      throw new AppError({ code: 'forbidden', message: 'This route declares no permission and is closed.' });
    }
    if (rule.kind === 'public') {
      refuseCrossSite(request);
      return true;
    }
    const principal = await this.authenticator.authenticate(request);
    authorize(principal, rule);
    setPrincipal(request, principal);
    return true;
  }
}
