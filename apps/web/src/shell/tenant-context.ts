import { createContext, useContext } from 'react';
import type { SessionTenant } from '../api/session-api';

interface TenantValue {
  readonly tenant: SessionTenant;
}

const TenantContext = createContext<TenantValue | null>(null);

export const TenantProvider = TenantContext.Provider;

/** The tenant the page is about. Every request names it, so that two tabs on two tenants do not mix. */
export function useTenant(): SessionTenant {
  const value = useContext(TenantContext);
  if (value === null) throw new Error('useTenant outside of the shell');
  return value.tenant;
}
