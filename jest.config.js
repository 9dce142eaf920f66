// One configuration, three projects chosen by suffix: unit (*.spec.ts), integration (*.int-spec.ts, real
// PostgreSQL) and end to end (test/e2e/*.e2e-spec.ts, the built product over HTTP).
const { readFileSync } = require('node:fs');

const { paths } = JSON.parse(readFileSync(`${__dirname}/tsconfig.json`, 'utf8')).compilerOptions;
const moduleNameMapper = Object.fromEntries(
  Object.entries(paths).map(([name, [file]]) => [`^${name}$`, file.replace('./', '<rootDir>/')]),
);

// Workers inherit it: all of them share one PostgreSQL, which is removed when this process has ended.
process.env.LOGSTEAD_TEST_RUN_PID ??= String(process.pid);

const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleNameMapper,
  setupFiles: ['reflect-metadata'],
  transform: {
    '^.+\\.m?[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(?:@nestjs|cookie)/)'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/data/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.node/'],
};

module.exports = {
  projects: [
    { ...base, displayName: 'unit', testMatch: ['**/*.spec.ts'] },
    { ...base, displayName: 'integration', testMatch: ['**/*.int-spec.ts'] },
    { ...base, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/*.e2e-spec.ts'] },
  ],
};
