import { type DynamicModule, Module } from '@nestjs/common';
import { CoreModule, type CoreParts } from './core.module';
import { HealthController } from './health.controller';

/** Every app of the product in one process. */
@Module({})
export class StandaloneModule {
  static with(parts: Omit<CoreParts, 'ports'>): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [CoreModule.with({ ...parts, ports: [] })],
      controllers: [HealthController],
    };
  }
}
