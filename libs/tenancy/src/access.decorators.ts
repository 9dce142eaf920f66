import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { TenantContext } from '@logstead/ports';
import { AppError } from '@logstead/errors';
import type { Role, Scope } from './access';
import { limitsOf, type PlanLimits, type Principal, type Session, tenantOf } from './principal';

/** What a route asks of whoever calls it. A route without any is refused. */
export type AccessRule =
  | { readonly kind: 'public' }
  | { readonly kind: 'scope'; readonly scope: Scope }
  | { readonly kind: 'role'; readonly roles: readonly Role[] }
  | { readonly kind: 'session' }
  | { readonly kind: 'platform_admin' };

export const ACCESS_RULE = 'logstead:access';

const rule = (access: AccessRule) => SetMetadata(ACCESS_RULE, access);

/** Anybody, without a credential. */
export const Public = () => rule({ kind: 'public' });
/** A key or session of a tenant with this scope. */
export const RequireScope = (scope: Scope) => rule({ kind: 'scope', scope });
/** A session of a person with one of these roles in the tenant. */
export const RequireRole = (...roles: Role[]) => rule({ kind: 'role', roles });
/** Any session; no tenant needed. */
export const RequireSession = () => rule({ kind: 'session' });
/** A session of a platform admin; no tenant needed. */
export const RequirePlatformAdmin = () => rule({ kind: 'platform_admin' });

const PRINCIPAL = Symbol('principal');

interface RequestWithPrincipal {
  [PRINCIPAL]?: Principal;
}

export function setPrincipal(request: object, principal: Principal): void {
  (request as RequestWithPrincipal)[PRINCIPAL] = principal;
}

/** Whom the guard found a request to be made by; undefined on public routes. */
export function principalOf(request: object): Principal | undefined {
  return (request as RequestWithPrincipal)[PRINCIPAL];
}

function required(context: ExecutionContext): Principal {
  const principal = principalOf(context.switchToHttp().getRequest<object>());
  if (principal === undefined) throw new AppError({ code: 'unauthenticated', message: 'Sign in first.' });
  return principal;
}

export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): Principal =>
  required(context),
);

export const CurrentSession = createParamDecorator((_data: unknown, context: ExecutionContext): Session => {
  const principal = required(context);
  if (principal.kind !== 'session')
    throw new AppError({ code: 'forbidden', message: 'Only for signed-in people.' });
  return principal.session;
});

export const CurrentTenant = createParamDecorator(
  (_data: unknown, context: ExecutionContext): TenantContext => {
    const tenant = tenantOf(required(context));
    if (tenant === null)
      throw new AppError({ code: 'forbidden', message: 'You are not a member of any tenant.' });
    return tenant;
  },
);

export const CurrentLimits = createParamDecorator((_data: unknown, context: ExecutionContext): PlanLimits => {
  const limits = limitsOf(required(context));
  if (limits === null)
    throw new AppError({ code: 'forbidden', message: 'You are not a member of any tenant.' });
  return limits;
});
