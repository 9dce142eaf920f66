export const REDACTED = '[Redacted]';

/** One step of a compiled set of redaction paths. */
export interface RedactionNode {
  /** A path ends here: the value is replaced. */
  end: boolean;
  readonly keys: Map<string, RedactionNode>;
  /** `*`: any one key or index. */
  any: RedactionNode | undefined;
  /** `**`: any number of keys. Points to what follows it. */
  deep: RedactionNode | undefined;
}

function createNode(): RedactionNode {
  return { end: false, keys: new Map(), any: undefined, deep: undefined };
}

/**
 * Splits `headers.authorization`, `users[*].token`, `a["b.c"]` into keys. A dot inside brackets and quotes
 * belongs to the key.
 */
export function splitPath(path: string): string[] {
  const keys: string[] = [];
  const pattern = /\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\]]*))\s*\]|([^.[\]]+)/g;
  for (const match of path.matchAll(pattern)) {
    const quoted = match[1] ?? match[2];
    const key = quoted === undefined ? (match[3] ?? match[4] ?? '').trim() : quoted.replace(/\\(.)/g, '$1');
    if (key !== '') keys.push(key);
  }
  return keys;
}

/**
 * Compiles paths counted from the root of a record's metadata. Keys are compared without regard to case, because
 * header names are. @returns undefined when there is nothing to redact, so that the serialiser can skip the work
 */
export function compileRedaction(paths: readonly unknown[]): RedactionNode | undefined {
  const root = createNode();
  let used = false;
  for (const path of paths) {
    if (typeof path !== 'string') continue;
    const keys = splitPath(path);
    if (keys.length === 0) continue;
    used = true;
    let node = root;
    for (const key of keys) {
      if (key === '*') node = node.any ??= createNode();
      else if (key === '**') node = node.deep ??= createNode();
      else {
        const lower = key.toLowerCase();
        let next = node.keys.get(lower);
        if (next === undefined) node.keys.set(lower, (next = createNode()));
        node = next;
      }
    }
    // A path that ends in ** means everything below, which is what * at its end says.
    if (keys[keys.length - 1] === '**') (node.any ??= createNode()).end = true;
    else node.end = true;
  }
  return used ? root : undefined;
}

/** The positions in the path set that a value stands at; more than one with wildcards. */
export type RedactionState = readonly RedactionNode[];

const NONE: RedactionState = [];

/** @returns the state below `key`, or `'redact'` when a path ends exactly there */
export function stepRedaction(state: RedactionState, key: string): RedactionState | 'redact' {
  if (state.length === 0) return NONE;
  const lower = key.toLowerCase();
  let next: RedactionNode[] | undefined;
  const add = (node: RedactionNode): void => {
    if (next === undefined) next = [node];
    else if (!next.includes(node)) next.push(node);
  };
  const visit = (node: RedactionNode): boolean => {
    const exact = node.keys.get(lower);
    if (exact !== undefined) {
      if (exact.end) return true;
      add(exact);
    }
    if (node.any !== undefined) {
      if (node.any.end) return true;
      add(node.any);
    }
    if (node.deep !== undefined) {
      if (visit(node.deep)) return true;
      // ** may also swallow this key and go on.
      add(deepOnly(node));
    }
    return false;
  };
  for (const node of state) if (visit(node)) return 'redact';
  return next ?? NONE;
}

const deepNodes = new WeakMap<RedactionNode, RedactionNode>();

function deepOnly(node: RedactionNode): RedactionNode {
  if (node.keys.size === 0 && node.any === undefined) return node;
  let only = deepNodes.get(node);
  if (only === undefined) deepNodes.set(node, (only = { ...createNode(), deep: node.deep }));
  return only;
}
