import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard } from './auth.guard';
import { KeyAuthenticator } from './key-authenticator';
import { RequestAuthenticator } from './request-authenticator';
import { SessionService } from './session.service';

/**
 * Authentication and the guard of all routes. Imported once, by the application that composes the process; `stores`
 * provides CREDENTIAL_STORE and ACCOUNT_STORE. Needs `Config` and `Logger` from a global module.
 */
@Module({})
export class TenancyModule {
  static register(stores: Provider[]): DynamicModule {
    return {
      module: TenancyModule,
      global: true,
      providers: [
        ...stores,
        KeyAuthenticator,
        SessionService,
        RequestAuthenticator,
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
      exports: [KeyAuthenticator, SessionService, RequestAuthenticator],
    };
  }
}
