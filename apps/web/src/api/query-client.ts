import { QueryClient } from '@tanstack/react-query';
import { retryDelayMs, shouldRetry } from './http-client';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: shouldRetry, retryDelay: retryDelayMs, refetchOnWindowFocus: false, staleTime: 30_000 },
    mutations: { retry: false },
  },
});
