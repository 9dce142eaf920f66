// Changes to Nest's defaults: the language level of our Node instead of 2021 (lowered private fields are slow), and
// no type check while building: `npm run lint` and CI run tsc over everything, once.
module.exports = (options) => ({
  ...options,
  plugins: options.plugins.filter(({ constructor }) => constructor.name !== 'ForkTsCheckerWebpackPlugin'),
  module: {
    ...options.module,
    rules: options.module.rules.map((rule) => ({ ...rule, use: rule.use.map(raiseTarget) })),
  },
});

function raiseTarget(use) {
  const { jsc, ...rest } = use.options;
  return { ...use, options: { ...rest, jsc: { ...jsc, target: 'es2024', keepClassNames: true } } };
}
