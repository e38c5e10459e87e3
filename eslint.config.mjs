import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'build/', 'results/', 'coverage/', '**/*.mjs', '**/*.js'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // What is taken out of an object by name is what the rest goes without.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
    },
  },
  {
    // Only the command line prints, exits, or looks at the environment (design, section 2).
    files: ['harness/**/*.ts', 'tracer/**/*.ts', 'deathstarbench/**/*.ts'],
    ignores: ['harness/cli/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is passed in.' },
        { object: 'process', property: 'exit', message: 'Only cli/ exits.' },
        { object: 'Date', property: 'now', message: 'The clock is passed in (core/clock.ts).' },
        { object: 'Math', property: 'random', message: 'Random streams are passed in (core/random.ts).' },
      ],
    },
  },
);
