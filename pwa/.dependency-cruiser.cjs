/** Which room may know which: components and screens > state > sync > store and api > core. */
const room = (name) => `^src/${name}/`

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-knows-nobody',
      severity: 'error',
      from: { path: room('core') },
      to: { pathNot: room('core') },
    },
    {
      name: 'store-and-api-know-the-core-only',
      severity: 'error',
      from: { path: '^src/(store|api)/' },
      to: { path: '^src/', pathNot: ['^src/core/', '^src/$1/'] },
    },
    {
      name: 'sync-stands-on-store-and-api',
      severity: 'error',
      from: { path: room('sync') },
      to: { path: '^src/', pathNot: '^src/(sync|store|api|core)/' },
    },
    {
      name: 'the-worker-has-no-state',
      severity: 'error',
      from: { path: room('sw') },
      to: { path: '^src/', pathNot: '^src/(sw|sync|store|api|core)/' },
    },
    {
      name: 'state-does-not-know-screens',
      severity: 'error',
      from: { path: room('state') },
      to: { path: '^src/(screens|components|sw|i18n)/' },
    },
    {
      name: 'screens-read-state-only',
      severity: 'error',
      from: { path: '^src/(screens|components)/' },
      to: { path: '^src/(sync|store|api|sw)/' },
    },
    {
      name: 'words-know-nobody',
      severity: 'error',
      from: { path: room('i18n') },
      to: { path: '^src/', pathNot: '^src/(i18n|core)/' },
    },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.json'],
      conditionNames: ['svelte', 'browser', 'import', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
}
