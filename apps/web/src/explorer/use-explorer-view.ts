import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { decodeView, encodeView, type ExplorerSearch, type ExplorerView } from './view-codec';

export type UpdateView = (patch: Partial<ExplorerView>, how?: 'push' | 'replace') => void;

/** The view that the address describes, and the way to change it: by changing the address. */
export function useExplorerView(tenant: string, search: ExplorerSearch): [ExplorerView, UpdateView] {
  const navigate = useNavigate();
  const view = useMemo(() => decodeView(search), [search]);
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  const update = useCallback<UpdateView>(
    (patch, how = 'push') => {
      // Two changes before the next render must not undo each other.
      latest.current = { ...latest.current, ...patch };
      void navigate({
        to: '/t/$tenant/explore',
        params: { tenant },
        search: encodeView(latest.current),
        replace: how === 'replace',
      });
    },
    [navigate, tenant],
  );
  return [view, update];
}
