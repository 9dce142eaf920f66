import { AppError } from '@logstead/errors';
import type { AccessRule } from './access.decorators';
import type { Principal } from './principal';

/** @throws AppError `forbidden` when the principal does not satisfy the rule */
export function authorize(principal: Principal, rule: Exclude<AccessRule, { kind: 'public' }>): void {
  const reason = refusal(principal, rule);
  if (reason !== null) throw new AppError({ code: 'forbidden', message: reason });
}

function refusal(principal: Principal, rule: Exclude<AccessRule, { kind: 'public' }>): string | null {
  if (rule.kind === 'scope') return refusalOfScope(principal, rule.scope);
  if (principal.kind !== 'session') return 'This is for signed-in people, not for API keys.';
  if (rule.kind === 'session') return null;
  if (rule.kind === 'platform_admin') {
    return principal.session.user.platformAdmin ? null : 'This is for platform admins.';
  }
  if (principal.membership?.suspended === true) return SUSPENDED;
  return principal.membership !== null && rule.roles.includes(principal.membership.role)
    ? null
    : `This needs the role ${rule.roles.join(' or ')}.`;
}

const SUSPENDED = 'This tenant is suspended. Ask the operator of this installation.';

function refusalOfScope(principal: Principal, scope: Principal['scopes'][number]): string | null {
  if (principal.kind === 'session' && principal.membership === null)
    return 'You are not a member of any tenant.';
  if (principal.kind === 'session' && principal.membership?.suspended === true) return SUSPENDED;
  if (principal.scopes.includes(scope)) return null;
  return principal.kind === 'key'
    ? `This API key lacks the scope ${scope}; it has ${principal.scopes.join(', ')}.`
    : `Your role in this tenant lacks the scope ${scope}.`;
}
