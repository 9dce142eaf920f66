import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { Config } from '@logstead/config';
import { Database } from '@logstead/postgres';
import { Logger, Metrics, metrics } from '@logstead/telemetry';
import { Lifecycle } from './lifecycle';

export interface CoreParts {
  readonly config: Config;
  readonly database: Database;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Implementations of the ports, by token. */
  readonly ports: readonly Provider[];
}

/** What every module of the process takes from outside, made once by the process that composes them. */
@Global()
@Module({})
export class CoreModule {
  static with({ config, database, logger, lifecycle, ports }: CoreParts): DynamicModule {
    const providers: Provider[] = [
      { provide: Config, useValue: config },
      { provide: Database, useValue: database },
      { provide: Logger, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: Lifecycle, useValue: lifecycle },
      ...ports,
    ];
    return { module: CoreModule, providers, exports: providers };
  }
}
