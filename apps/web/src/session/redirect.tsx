import { useNavigate } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';

interface RedirectProps {
  readonly to: '/t/$tenant/explore' | '/t/$tenant/settings/keys';
  readonly tenant: string;
}

/** Goes to a page of a tenant, once: navigating again on every render would never end. */
export function Redirect({ to, tenant }: RedirectProps): ReactNode {
  const navigate = useNavigate();
  useEffect(() => {
    void navigate({ to, params: { tenant }, replace: true });
  }, [navigate, to, tenant]);
  return null;
}

/** Leads to the sign-in page, and from there back to the view that is in the address now. */
export function RedirectToSignIn({ back }: { readonly back: boolean }): ReactNode {
  const navigate = useNavigate();
  useEffect(() => {
    const { pathname, search } = window.location;
    const next = pathname + search;
    void navigate({ to: '/sign-in', search: back && next !== '/' ? { next } : {}, replace: true });
  }, [navigate, back]);
  return null;
}
