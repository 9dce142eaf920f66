// Generates src/generated/parser.ts from grammar/query.peggy: node libs/query-language/generate-parser.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import peggy from 'peggy';

export function generateParser() {
  const grammar = readFileSync(new URL('grammar/query.peggy', import.meta.url), 'utf8');
  const source = peggy.generate(grammar, { output: 'source', format: 'es', grammarSource: 'query.peggy' });
  return `// @ts-nocheck\n/* eslint-disable */\n// Generated from grammar/query.peggy by generate-parser.mjs; do not edit.\n${source}`;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').pop())) {
  writeFileSync(new URL('src/generated/parser.ts', import.meta.url), generateParser());
}
