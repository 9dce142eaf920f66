import { Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import {
  IconCheck,
  IconChevronDown,
  IconDeviceDesktop,
  IconKey,
  IconKeyboard,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconListSearch,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import type { Session, SessionTenant } from '../api/session-api';
import styles from './shell.module.css';

interface RailProps {
  readonly session: Session;
  readonly tenant: SessionTenant;
  readonly collapsed: boolean;
  readonly onToggle: (() => void) | null;
  readonly onShowKeys: () => void;
  readonly onSignOut: () => void;
  /** Called when a link was followed, so that a drawer can close. */
  readonly onNavigate?: () => void;
}

function Hint({ label, off, children }: { label: string; off: boolean; children: ReactElement }): ReactNode {
  return (
    <Tooltip label={label} position="right" disabled={off}>
      {children}
    </Tooltip>
  );
}

/** The initial comes from the style sheet: it is no text of the button. */
function Avatar({ kind, name }: { readonly kind: 'avatar' | 'person'; readonly name: string }): ReactNode {
  return <span className={styles[kind]} data-initial={(name[0] ?? '?').toUpperCase()} aria-hidden />;
}

function TenantSwitcher({ session, tenant, collapsed, onNavigate }: RailProps): ReactNode {
  const navigate = useNavigate();
  const face = (
    <>
      <Avatar kind="avatar" name={tenant.name} />
      {!collapsed && <span className={styles['label']}>{tenant.name}</span>}
    </>
  );
  if (session.tenants.length < 2) {
    return (
      <div className={styles['tenant']} title={tenant.name}>
        {face}
      </div>
    );
  }
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <button type="button" className={styles['tenant']} aria-label={`Tenant ${tenant.name}, switch`}>
          {face}
          {!collapsed && <IconChevronDown size={14} className={styles['push']} aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Tenants</Menu.Label>
        {session.tenants.map((each) => (
          <Menu.Item
            key={each.id}
            onClick={() => {
              onNavigate?.();
              void navigate({ to: '/t/$tenant/explore', params: { tenant: each.slug } });
            }}
            rightSection={each.id === tenant.id ? <IconCheck size={14} aria-label="current" /> : null}
          >
            {each.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeSwitch({ collapsed }: { readonly collapsed: boolean }): ReactNode {
  // Holding transitions back would need a style element, which the Content-Security-Policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const choices = [
    { value: 'auto', label: 'System', icon: IconDeviceDesktop },
    { value: 'light', label: 'Light', icon: IconSun },
    { value: 'dark', label: 'Dark', icon: IconMoon },
  ] as const;
  const current = choices.find((choice) => choice.value === colorScheme) ?? choices[0];
  return (
    <Menu position="right-end" width={160}>
      <Menu.Target>
        <button type="button" className={styles['item']} aria-label={`Theme: ${current.label}`} title="Theme">
          <current.icon size={16} aria-hidden />
          {!collapsed && <span className={styles['label']}>Theme: {current.label}</span>}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map((choice) => (
          <Menu.Item
            key={choice.value}
            leftSection={<choice.icon size={15} />}
            rightSection={choice.value === colorScheme ? <IconCheck size={14} aria-label="current" /> : null}
            onClick={() => setColorScheme(choice.value)}
          >
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function Rail(props: RailProps): ReactNode {
  const { session, tenant, collapsed, onToggle, onShowKeys, onSignOut, onNavigate } = props;
  const links = [
    { to: '/t/$tenant/explore', label: 'Explore', icon: IconListSearch },
    { to: '/t/$tenant/settings/keys', label: 'API keys', icon: IconKey },
  ] as const;
  return (
    <>
      <TenantSwitcher {...props} />
      {links.map((link) => (
        <Hint key={link.to} label={link.label} off={!collapsed}>
          <Link
            to={link.to}
            params={{ tenant: tenant.slug }}
            className={styles['item']}
            activeOptions={{ includeSearch: false }}
            aria-label={link.label}
            {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
          >
            <link.icon size={17} aria-hidden />
            {!collapsed && <span className={styles['label']}>{link.label}</span>}
          </Link>
        </Hint>
      ))}
      <span className={styles['grow']} />
      <Hint label="Keyboard shortcuts" off={!collapsed}>
        <button type="button" className={styles['item']} onClick={onShowKeys} aria-label="Keyboard shortcuts">
          <IconKeyboard size={16} aria-hidden />
          {!collapsed && <span className={styles['label']}>Shortcuts</span>}
        </button>
      </Hint>
      <ThemeSwitch collapsed={collapsed} />
      {onToggle !== null && (
        <Hint label="Expand" off={!collapsed}>
          <button
            type="button"
            className={styles['item']}
            onClick={onToggle}
            aria-label={collapsed ? 'Expand navigation' : 'Collapse navigation'}
          >
            {collapsed ? (
              <IconLayoutSidebarLeftExpand size={16} />
            ) : (
              <IconLayoutSidebarLeftCollapse size={16} />
            )}
            {!collapsed && <span className={styles['label']}>Collapse</span>}
          </button>
        </Hint>
      )}
      <Menu position="right-end" width={240}>
        <Menu.Target>
          <button
            type="button"
            className={styles['item']}
            aria-label={`${session.user.name}, signed in as ${session.user.email}`}
          >
            <Avatar kind="person" name={session.user.name || session.user.email} />
            {!collapsed && <span className={styles['label']}>{session.user.name || session.user.email}</span>}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {session.user.email} · {tenant.role}
          </Menu.Label>
          <Menu.Item leftSection={<IconLogout size={15} />} onClick={onSignOut}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
