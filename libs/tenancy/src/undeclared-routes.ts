import { type INestApplicationContext, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ACCESS_RULE } from './access.decorators';

/** `Controller.method` of each route of the application that declares no access rule; for the test that wants none. */
export function undeclaredRoutes(app: INestApplicationContext): { routes: number; undeclared: string[] } {
  const scanner = new MetadataScanner();
  const undeclared: string[] = [];
  let routes = 0;
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, unknown>;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (typeof handler !== 'function') continue;
        const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
        if (method === undefined) continue;
        routes += 1;
        const declared =
          Reflect.hasMetadata(ACCESS_RULE, handler) || Reflect.hasMetadata(ACCESS_RULE, metatype);
        if (!declared) undeclared.push(`${metatype.name}.${name}`);
      }
    }
  }
  return { routes, undeclared };
}
