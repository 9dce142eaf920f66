import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { IconAlertCircle } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode, type SubmitEvent } from 'react';
import { ApiError } from '../api/api-error';
import { signIn, signInByLink, type Session } from '../api/session-api';
import { Logo } from '../ui/logo';
import { usePageTitle } from '../ui/use-page-title';
import { safeNextPath } from './next-path';
import styles from './sign-in-page.module.css';
import { useAdoptSession } from './use-session';

interface SignInPageProps {
  readonly token: string | undefined;
  readonly next: string | undefined;
}

function Fault({ error, byLink }: { readonly error: Error; readonly byLink: boolean }): ReactNode {
  const used = byLink && error instanceof ApiError && error.status === 401;
  return (
    <div className={styles['error']} role="alert">
      <IconAlertCircle size={16} aria-hidden />
      <span>
        {error.message}
        {used && ' A link works once. Start Logstead again to print a new one, or use your password.'}
      </span>
    </div>
  );
}

export function SignInPage({ token, next }: SignInPageProps): ReactNode {
  const router = useRouter();
  const adopt = useAdoptSession();
  usePageTitle('Sign in');
  const enter = (session: Session): void => {
    adopt(session);
    router.history.replace(safeNextPath(next) ?? '/');
  };
  const byPassword = useMutation({
    mutationFn: (form: { email: string; password: string }) => signIn(form.email, form.password),
    onSuccess: enter,
  });
  const byLink = useMutation({ mutationFn: signInByLink, onSuccess: enter });
  const exchanged = useRef(false);
  const exchange = byLink.mutate;

  useEffect(() => {
    if (token === undefined || exchanged.current) return;
    exchanged.current = true;
    // The token leaves the address bar and the history before anything else happens.
    void router.navigate({ to: '/sign-in', search: next === undefined ? {} : { next }, replace: true });
    exchange(token);
  }, [token, next, exchange, router]);

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    byPassword.mutate({ email: String(form.get('email')), password: String(form.get('password')) });
  };

  return (
    <main className={styles['page']}>
      <div className={styles['card']}>
        <div className={styles['brand']}>
          <Logo size={28} />
          <h1>Logstead</h1>
        </div>
        {byLink.isPending || byLink.isSuccess ? (
          <p className={styles['hint']} role="status">
            Signing you in…
          </p>
        ) : (
          <>
            {next !== undefined && !byLink.isError && (
              <p className={styles['hint']}>Sign in to go back to where you were.</p>
            )}
            {byLink.isError && <Fault error={byLink.error} byLink />}
            {byPassword.isError && <Fault error={byPassword.error} byLink={false} />}
            <form className={styles['form']} onSubmit={submit}>
              <TextInput
                name="email"
                type="email"
                label="E-mail"
                autoComplete="username"
                required
                autoFocus
              />
              <PasswordInput name="password" label="Password" autoComplete="current-password" required />
              <Button type="submit" size="sm" loading={byPassword.isPending} fullWidth>
                Sign in
              </Button>
            </form>
            <p className={styles['hint']}>
              First time here? The terminal that runs <code>npm start</code> shows a link that signs you in.
            </p>
          </>
        )}
      </div>
    </main>
  );
}
