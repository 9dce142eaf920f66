import { eachElement, eachMember, skipSpace, skipValue } from './json-scanner';

/** A JSON value whose numbers keep the text they were sent with. */
export type JsonNode =
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number' | 'literal'; readonly text: string };

export interface JsonMember {
  readonly name: string;
  readonly node: JsonNode;
}

function build(text: string, start: number, end: number): JsonNode {
  switch (text[start]) {
    case '{': {
      const members: JsonMember[] = [];
      eachMember(text, start, (name, from, to) => members.push({ name, node: build(text, from, to) }));
      return { kind: 'object', members };
    }
    case '[': {
      const items: JsonNode[] = [];
      eachElement(text, start, (from, to) => items.push(build(text, from, to)));
      return { kind: 'array', items };
    }
    case '"':
      return { kind: 'string', value: JSON.parse(text.slice(start, end)) as string };
    case 't':
    case 'f':
    case 'n':
      return { kind: 'literal', text: text.slice(start, end) };
    default:
      return { kind: 'number', text: text.slice(start, end) };
  }
}

/** @throws SyntaxError when the text is not JSON */
export function parseJsonTree(text: string): JsonNode {
  const start = skipSpace(text, 0);
  const end = skipValue(text, start);
  return build(text, start, end);
}

/** The value as JSON on one line, numbers verbatim. */
export function printJson(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return `{${node.members.map((member) => `${JSON.stringify(member.name)}:${printJson(member.node)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(printJson).join(',')}]`;
    case 'string':
      return JSON.stringify(node.value);
    case 'number':
    case 'literal':
      return node.text;
  }
}

/** The value as indented JSON, numbers verbatim. */
export function printJsonPretty(node: JsonNode, indent = ''): string {
  const inner = `${indent}  `;
  if (node.kind === 'object' && node.members.length > 0) {
    const lines = node.members.map(
      (member) => `${inner}${JSON.stringify(member.name)}: ${printJsonPretty(member.node, inner)}`,
    );
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  if (node.kind === 'array' && node.items.length > 0) {
    return `[\n${node.items.map((item) => inner + printJsonPretty(item, inner)).join(',\n')}\n${indent}]`;
  }
  return printJson(node);
}

/** A leaf as a person reads it and as a filter value: strings without quotes, numbers verbatim. */
export function leafText(node: JsonNode): string {
  return node.kind === 'string' ? node.value : printJson(node);
}

/** `a=1 b.c=x`: one line for the table, cut at about `maxLength` characters. */
export function previewJson(node: JsonNode, maxLength: number): string {
  const parts: string[] = [];
  let length = 0;
  const visit = (path: string, value: JsonNode): void => {
    if (length > maxLength) return;
    if (value.kind === 'object' && value.members.length > 0) {
      for (const member of value.members)
        visit(path === '' ? member.name : `${path}.${member.name}`, member.node);
      return;
    }
    const part = `${path}=${leafText(value)}`;
    parts.push(part.length > maxLength ? `${part.slice(0, maxLength)}…` : part);
    length += part.length + 1;
  };
  visit('', node);
  return parts.join('  ');
}
