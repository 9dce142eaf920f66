import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { queryClient } from './api/query-client';
import { setSessionLostHandler } from './api/http-client';
import { ExplorerPage } from './explorer/explorer-page';
import { parseSearchString, printSearchString, readExplorerSearch } from './explorer/view-codec';
import { lastTenant } from './session/last-tenant';
import { Redirect, RedirectToSignIn } from './session/redirect';
import { SignInPage } from './session/sign-in-page';
import { SESSION_KEY, useSession } from './session/use-session';
import { Shell } from './shell/shell';
import { ErrorPanel, StatePanel } from './ui/state-panel';

/** Addresses without a tenant lead to the one used last. */
function Home({ to }: { readonly to: '/t/$tenant/explore' | '/t/$tenant/settings/keys' }): ReactNode {
  const session = useSession();
  if (session.isPending) return null;
  if (session.isError) {
    return (
      <ErrorPanel
        error={session.error}
        what="Logstead could not start"
        onRetry={() => void session.refetch()}
      />
    );
  }
  if (session.data === null) return <RedirectToSignIn back />;
  const tenant = lastTenant(session.data);
  if (tenant === undefined) {
    return (
      <StatePanel title="No tenant yet">
        You are signed in, but belong to no tenant. Ask an owner to add you.
      </StatePanel>
    );
  }
  return <Redirect to={to} tenant={tenant.slug} />;
}

function NotFound(): ReactNode {
  return (
    <main>
      <StatePanel title="There is no such page" actions={<a href="/">Go to the explorer</a>}>
        The address may be mistyped, or the page was removed.
      </StatePanel>
    </main>
  );
}

function Crash({ error }: { readonly error: unknown }): ReactNode {
  return <ErrorPanel error={error} what="This page broke" onRetry={() => window.location.reload()} />;
}

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crash });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: () => <Home to="/t/$tenant/explore" />,
});

const anyExploreRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/explore',
  component: () => <Home to="/t/$tenant/explore" />,
});

const anyKeysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/keys',
  component: () => <Home to="/t/$tenant/settings/keys" />,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { token?: string; next?: string } => ({
    ...(typeof raw['token'] === 'string' ? { token: raw['token'] } : {}),
    ...(typeof raw['next'] === 'string' ? { next: raw['next'] } : {}),
  }),
  component: function SignIn() {
    const { token, next } = signInRoute.useSearch();
    return <SignInPage token={token} next={next} />;
  },
});

const tenantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/t/$tenant',
  component: function Tenant() {
    const { tenant } = tenantRoute.useParams();
    return <Shell slug={tenant} />;
  },
});

const tenantHomeRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$tenant/explore', params: { tenant: params.tenant }, replace: true });
  },
});

const liveRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/live',
  beforeLoad: ({ params }) => {
    throw redirect({
      to: '/t/$tenant/explore',
      params: { tenant: params.tenant },
      search: { live: '1' },
      replace: true,
    });
  },
});

const exploreRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/explore',
  validateSearch: readExplorerSearch,
  component: function Explore() {
    // A page per tenant: nothing of one may linger in the other.
    const { tenant } = exploreRoute.useParams();
    return <ExplorerPage key={tenant} search={exploreRoute.useSearch()} />;
  },
});

const settingsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/settings',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$tenant/settings/keys', params: { tenant: params.tenant }, replace: true });
  },
});

const keysRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/settings/keys',
  component: lazyRouteComponent(() => import('./settings/keys-page'), 'KeysPage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    anyExploreRoute,
    anyKeysRoute,
    signInRoute,
    tenantRoute.addChildren([tenantHomeRoute, liveRoute, exploreRoute, settingsRoute, keysRoute]),
  ]),
  parseSearch: parseSearchString,
  stringifySearch: printSearchString,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// The shell sees that the session is gone and leads to the sign-in page and back to the same view.
setSessionLostHandler(() => queryClient.setQueryData(SESSION_KEY, null));
