import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ControlModule } from '@logstead/app-control';
import { IngestModule } from '@logstead/app-ingest';
import { QueryModule } from '@logstead/app-query';
import { COMMIT_FEED, InMemoryCommitFeed, InMemoryRateLimiter, RATE_LIMITER } from '@logstead/ports';
import { CoreModule, type CoreParts } from './core.module';
import { HealthController } from './health.controller';

/** The embedded implementation of each port: everything in this process. */
const EMBEDDED_PORTS: Provider[] = [
  { provide: COMMIT_FEED, useFactory: () => new InMemoryCommitFeed() },
  { provide: RATE_LIMITER, useFactory: () => new InMemoryRateLimiter() },
];

/** Every app of the product in one process. */
@Module({})
export class StandaloneModule {
  static with(parts: Omit<CoreParts, 'ports'>): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        CoreModule.with({ ...parts, ports: EMBEDDED_PORTS }),
        ControlModule,
        IngestModule,
        QueryModule,
      ],
      controllers: [HealthController],
    };
  }
}
