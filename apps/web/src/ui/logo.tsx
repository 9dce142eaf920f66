import type { ReactNode } from 'react';

export function Logo({ size }: { readonly size: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="var(--ls-accent)" />
      <path d="M8 9h16M8 14h11M8 19h16M8 24h7" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
    </svg>
  );
}
