import { VARIABLES } from './schema';

/** The table of docs/configuration.md, in Markdown. */
export function configurationTable(): string {
  const rows = Object.entries(VARIABLES).map(
    ([name, { fallback, rule, doc }]) => `| \`${name}\` | ${fallback} | ${rule} | ${doc} |`,
  );
  return ['| variable | default | must be | what it does |', '|---|---|---|---|', ...rows].join('\n');
}
