import { Config } from '@logstead/config';
import { Database } from '@logstead/postgres';
import { createLogger, Logger } from '@logstead/telemetry';
import { undeclaredRoutes } from '@logstead/tenancy';
import { Controller, Get, Global, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ControlModule } from './control.module';

const away = {
  control: { connect: () => Promise.reject(new Error('no database here')) },
} as unknown as Database;

@Global()
@Module({
  providers: [
    { provide: Config, useValue: Config.parse({}) },
    { provide: Logger, useValue: createLogger({ level: 'silent' }) },
    { provide: Database, useValue: away },
  ],
  exports: [Config, Logger, Database],
})
class CoreModule {}

@Controller()
class ForgetfulController {
  @Get('forgotten')
  forgotten(): void {}
}

@Module({ imports: [CoreModule, ControlModule] })
class ControlOnlyModule {}

@Module({ imports: [CoreModule, ControlModule], controllers: [ForgetfulController] })
class ForgetfulModule {}

describe('ControlModule', () => {
  let context: INestApplicationContext | undefined;
  afterEach(() => context?.close());

  const walk = async (module: Type) => {
    context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    return undeclaredRoutes(context);
  };

  it('declares a permission for each of its routes', async () => {
    expect(await walk(ControlOnlyModule)).toEqual({ routes: 13, undeclared: [] });
  });

  it('would be found out by that walk', async () => {
    expect((await walk(ForgetfulModule)).undeclared).toEqual(['ForgetfulController.forgotten']);
  });
});
