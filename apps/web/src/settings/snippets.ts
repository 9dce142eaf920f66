/** Stands in a snippet until there is a key. */
export const KEY_PLACEHOLDER = 'YOUR_API_KEY';

/** A command that works as printed in a POSIX shell. */
export function curlSnippet(origin: string, apiKey: string): string {
  return [
    `curl -X POST ${origin}/api/v1/logs/ingest \\`,
    `  -H 'X-API-Key: ${apiKey}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"service":"my-service","environment":"production","logs":[{"level":"info","message":"Hello from curl"}]}'`,
  ].join('\n');
}

export function sdkSnippet(origin: string, apiKey: string): string {
  return [
    `// npm install @logstead/logger`,
    `import { Logger } from '@logstead/logger';`,
    ``,
    `const logger = new Logger({`,
    `  apiKey: '${apiKey}',`,
    `  service: 'my-service',`,
    `  environment: 'production',`,
    `  endpoint: '${origin}',`,
    `});`,
    ``,
    `logger.info('Hello from Node.js', { user: 42 });`,
  ].join('\n');
}
