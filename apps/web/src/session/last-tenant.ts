import type { Session, SessionTenant } from '../api/session-api';
import { readSetting, writeSetting } from '../ui/local-setting';

const NAME = 'tenant';

export function rememberTenant(slug: string): void {
  writeSetting(NAME, slug);
}

/** The tenant used last, if the person still belongs to it. */
export function lastTenant(session: Session): SessionTenant | undefined {
  const slug = readSetting(NAME);
  return session.tenants.find((tenant) => tenant.slug === slug) ?? session.tenants[0];
}
