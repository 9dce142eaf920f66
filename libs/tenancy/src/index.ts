export { type Role, ROLES, type Scope, SCOPES, scopesOf } from './access';
export {
  type AccessRule,
  CurrentLimits,
  CurrentPrincipal,
  CurrentSession,
  CurrentTenant,
  principalOf,
  Public,
  RequirePlatformAdmin,
  RequireRole,
  RequireScope,
  RequireSession,
} from './access.decorators';
export { ACCOUNT_STORE, type AccountStore, type NewSession } from './account-store';
export { AuthGuard } from './auth.guard';
export { authorize } from './authorize';
export {
  CREDENTIAL_STORE,
  type CredentialChange,
  type CredentialChangeFeed,
  type CredentialStore,
  type StoredCredential,
} from './credential-store';
export { ensureFirstRun, type FirstRunKey, type FirstRunResult, type FirstRunStore } from './first-run';
export { KeyAuthenticator } from './key-authenticator';
export { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password';
export {
  type Credential,
  type KeyPrincipal,
  limitsOf,
  type Membership,
  type PlanLimits,
  type Principal,
  type Session,
  type SessionPrincipal,
  type SessionUser,
  tenantOf,
} from './principal';
export { apiKeyOf, type AuthenticatedRequest, RequestAuthenticator } from './request-authenticator';
export { hashSecret, type NewApiKey, newApiKey, newToken } from './secret-token';
export { clearedSessionCookie, sessionCookie, SESSION_COOKIE, sessionTokenOf } from './session-cookie';
export { SessionService, type SignInOrigin } from './session.service';
export { TenancyModule } from './tenancy.module';
export { undeclaredRoutes } from './undeclared-routes';
