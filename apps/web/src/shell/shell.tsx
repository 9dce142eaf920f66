import { ActionIcon, Drawer, Loader } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { IconMenu2 } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { signOut } from '../api/session-api';
import { rememberTenant } from '../session/last-tenant';
import { RedirectToSignIn } from '../session/redirect';
import { useAdoptSession, useSession } from '../session/use-session';
import { useChoiceSetting } from '../ui/local-setting';
import { ErrorPanel, StatePanel } from '../ui/state-panel';
import { useHotkeys } from '../ui/use-hotkeys';
import { KeyboardMap } from './keyboard-map';
import { Rail } from './rail';
import styles from './shell.module.css';
import { TenantProvider } from './tenant-context';

/** `g` and then a letter within a second goes to a page. */
function useGoTo(tenant: string): void {
  const navigate = useNavigate();
  const armedAt = useRef(0);
  const go = (to: '/t/$tenant/explore' | '/t/$tenant/settings/keys') => (): void | false => {
    if (performance.now() - armedAt.current > 1000) return false;
    armedAt.current = 0;
    void navigate({ to, params: { tenant } });
    return undefined;
  };
  useHotkeys(
    {
      g: () => {
        armedAt.current = performance.now();
      },
      e: go('/t/$tenant/explore'),
      k: go('/t/$tenant/settings/keys'),
    },
    'first',
  );
}

function Shortcuts({ tenant, onHelp }: { readonly tenant: string; readonly onHelp: () => void }): ReactNode {
  useGoTo(tenant);
  useHotkeys({ '?': onHelp });
  return null;
}

/** Everything inside a tenant: who is signed in, where one can go, and the page. */
export function Shell({ slug }: { readonly slug: string }): ReactNode {
  const session = useSession();
  const adopt = useAdoptSession();
  const narrow = useMediaQuery('(max-width: 899px)', undefined, { getInitialValueInEffect: false }) === true;
  const [railChoice, setRail] = useChoiceSetting('rail', ['auto', 'open', 'collapsed'], 'auto');
  const small = useMediaQuery('(max-width: 1199px)', undefined, { getInitialValueInEffect: false }) === true;
  const [drawer, setDrawer] = useState(false);
  const [help, setHelp] = useState(false);
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => adopt(null) });
  const rail = railChoice === 'auto' ? (small ? 'collapsed' : 'open') : railChoice;
  const tenant = session.data?.tenants.find((each) => each.slug === slug);
  const value = useMemo(() => (tenant === undefined ? null : { tenant }), [tenant]);

  useEffect(() => {
    if (tenant !== undefined) rememberTenant(tenant.slug);
  }, [tenant]);

  if (session.isPending) {
    return (
      <div className={styles['boot']}>
        <Loader size="sm" aria-label="Loading" role="status" />
      </div>
    );
  }
  if (session.isError) {
    return (
      <ErrorPanel
        error={session.error}
        what="Logstead could not start"
        onRetry={() => void session.refetch()}
      />
    );
  }
  if (session.data === null) {
    return <RedirectToSignIn back={!leave.isSuccess} />;
  }
  if (value === null) {
    return (
      <main>
        <StatePanel
          title={`There is no tenant “${slug}” for you`}
          actions={session.data.tenants.map((each) => (
            <Link key={each.id} to="/t/$tenant/explore" params={{ tenant: each.slug }}>
              {each.name}
            </Link>
          ))}
        >
          You are signed in as {session.data.user.email}. Ask an owner to add you, or open one of yours.
        </StatePanel>
      </main>
    );
  }
  const common = {
    session: session.data,
    tenant: value.tenant,
    onShowKeys: () => setHelp(true),
    onSignOut: () => leave.mutate(),
  };
  return (
    <TenantProvider value={value}>
      <a href="#main" className={styles['skip']}>
        Skip to the page
      </a>
      <div className={styles['shell']}>
        {!narrow && (
          <nav className={styles['rail']} data-collapsed={rail === 'collapsed'} aria-label="Pages">
            <Rail
              {...common}
              collapsed={rail === 'collapsed'}
              onToggle={() => setRail(rail === 'open' ? 'collapsed' : 'open')}
            />
          </nav>
        )}
        <div className={styles['main']}>
          {narrow && (
            <header className={styles['strip']}>
              <ActionIcon aria-label="Open navigation" onClick={() => setDrawer(true)}>
                <IconMenu2 size={18} />
              </ActionIcon>
              <span className={styles['stripName']}>{value.tenant.name}</span>
            </header>
          )}
          <Outlet />
        </div>
      </div>
      <Drawer.Root opened={narrow && drawer} onClose={() => setDrawer(false)} size={260}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Navigation">
          <Drawer.Body className={styles['drawerBody']}>
            <nav className={styles['drawerRail']} aria-label="Pages">
              <Rail {...common} collapsed={false} onToggle={null} onNavigate={() => setDrawer(false)} />
            </nav>
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <Shortcuts tenant={value.tenant.slug} onHelp={common.onShowKeys} />
      <KeyboardMap opened={help} onClose={() => setHelp(false)} />
    </TenantProvider>
  );
}
