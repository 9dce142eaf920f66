import { ActionIcon } from '@mantine/core';
import { IconChevronRight, IconFilterMinus, IconFilterPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { leafText, type JsonNode } from '../json/json-tree';
import { visibleText } from '../ui/hostile-text';
import type { PickValue } from './field-list';
import styles from './metadata-tree.module.css';

interface MetadataTreeProps {
  readonly node: JsonNode;
  readonly onPick: PickValue;
}

/** A key of a wide object or a long value is cut; the JSON view has all of it. */
const MEMBERS_AT_FIRST = 100;
const SHOWN_CHARS = 2000;
const OPEN_DEPTH = 3;

function Actions({ field, node, onPick }: { field: string; node: JsonNode; onPick: PickValue }): ReactNode {
  const value = leafText(node);
  return (
    <span className={styles['actions']}>
      <ActionIcon size={20} aria-label={`Include ${field}`} onClick={() => onPick(field, value, 'include')}>
        <IconFilterPlus size={13} />
      </ActionIcon>
      <ActionIcon size={20} aria-label={`Exclude ${field}`} onClick={() => onPick(field, value, 'exclude')}>
        <IconFilterMinus size={13} />
      </ActionIcon>
    </span>
  );
}

function Leaf({ node }: { readonly node: JsonNode }): ReactNode {
  const text = leafText(node);
  return (
    <span className={styles[node.kind]}>
      {text === '' ? '""' : visibleText(text.slice(0, SHOWN_CHARS))}
      {text.length > SHOWN_CHARS && <em>… {text.length - SHOWN_CHARS} more characters, see JSON</em>}
    </span>
  );
}

interface BranchProps extends MetadataTreeProps {
  readonly name: string;
  /** `metadata.request.path`; null inside an array, whose elements cannot be filtered by. */
  readonly field: string | null;
  readonly depth: number;
}

function Branch({ name, field, node, depth, onPick }: BranchProps): ReactNode {
  const [opened, setOpened] = useState(depth < OPEN_DEPTH);
  const count = node.kind === 'object' ? node.members.length : node.kind === 'array' ? node.items.length : 0;
  if ((node.kind === 'object' || node.kind === 'array') && count > 0) {
    return (
      <li>
        <button
          type="button"
          className={styles['branch']}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          <IconChevronRight size={12} className={styles['arrow']} aria-hidden />
          <span className={styles['key']}>{visibleText(name)}</span>
          <span className={styles['count']}>{node.kind === 'object' ? `{${count}}` : `[${count}]`}</span>
        </button>
        {opened && <Level node={node} field={field} depth={depth + 1} onPick={onPick} />}
      </li>
    );
  }
  return (
    <li className={styles['leaf']}>
      <span className={styles['key']}>{visibleText(name)}</span>
      <Leaf node={node} />
      {/* What has no value has nothing to filter by. */}
      {field !== null && (node.kind === 'string' || node.kind === 'number' || leafText(node) !== 'null') && (
        <Actions field={field} node={node} onPick={onPick} />
      )}
    </li>
  );
}

function Level({
  node,
  field,
  depth,
  onPick,
}: MetadataTreeProps & { field: string | null; depth: number }): ReactNode {
  const [all, setAll] = useState(false);
  const children =
    node.kind === 'object'
      ? node.members.map((member) => ({
          name: member.name,
          node: member.node,
          field: field === null ? null : `${field}.${member.name}`,
        }))
      : node.kind === 'array'
        ? node.items.map((item, index) => ({ name: String(index), node: item, field: null }))
        : [];
  const shown = all ? children : children.slice(0, MEMBERS_AT_FIRST);
  return (
    <ul className={styles['level']}>
      {shown.map((child, index) => (
        <Branch key={index} {...child} depth={depth} onPick={onPick} />
      ))}
      {shown.length < children.length && (
        <li>
          <button type="button" className={styles['more']} onClick={() => setAll(true)}>
            Show {children.length - shown.length} more
          </button>
        </li>
      )}
    </ul>
  );
}

/** Metadata as a collapsible tree; numbers as they were sent. */
export function MetadataTree({ node, onPick }: MetadataTreeProps): ReactNode {
  return (
    <div className={styles['tree']}>
      <Level node={node} field="metadata" depth={0} onPick={onPick} />
    </div>
  );
}
