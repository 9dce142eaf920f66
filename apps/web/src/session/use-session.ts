import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { fetchSession, type Session } from '../api/session-api';

export const SESSION_KEY = ['session'] as const;

/** Who is signed in; null when nobody is. */
export function useSession(): UseQueryResult<Session | null> {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => fetchSession(signal),
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: true,
  });
}

/** Puts a fresh session in place and forgets what the earlier one had loaded. */
export function useAdoptSession(): (session: Session | null) => void {
  const client = useQueryClient();
  return (session) => {
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
    client.setQueryData(SESSION_KEY, session);
  };
}
