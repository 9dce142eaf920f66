import { Button, Popover, TextInput } from '@mantine/core';
import { IconChevronDown, IconClock } from '@tabler/icons-react';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { serverNow } from '../api/http-client';
import { dateTime, fromInputValue, toInputValue, type Zone } from '../format/time-format';
import { parseTypedRange, RANGE_PRESETS, rangeLabel, windowOf, type TimeRange } from './time-range';
import styles from './time-range-picker.module.css';

interface TimeRangePickerProps {
  readonly range: TimeRange;
  readonly zone: Zone;
  readonly opened: boolean;
  readonly onOpen: (opened: boolean) => void;
  readonly onChange: (range: TimeRange) => void;
}

function CustomRange({
  range,
  zone,
  onApply,
}: Pick<TimeRangePickerProps, 'range' | 'zone'> & { onApply: (range: TimeRange) => void }): ReactNode {
  const now = windowOf(range, serverNow());
  const [from, setFrom] = useState(() => toInputValue(now.fromMs, zone));
  const [to, setTo] = useState(() => toInputValue(now.toMs, zone));
  const fromMs = fromInputValue(from, zone);
  const toMs = fromInputValue(to, zone);
  const fault =
    fromMs === null || toMs === null
      ? 'Give both times.'
      : fromMs >= toMs
        ? 'The end must be after the start.'
        : null;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (fault === null && fromMs !== null && toMs !== null) onApply({ kind: 'absolute', fromMs, toMs });
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextInput
        size="xs"
        type="datetime-local"
        step={1}
        label="From"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        type="datetime-local"
        step={1}
        label="To"
        value={to}
        error={fault}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <div className={styles['foot']}>
        <span className={styles['zone']}>{zone === 'utc' ? 'UTC' : 'Local time'}</span>
        <Button type="submit" disabled={fault !== null}>
          Apply
        </Button>
      </div>
    </form>
  );
}

function TypedRange({ onApply }: { readonly onApply: (range: TimeRange) => void }): ReactNode {
  const [fault, setFault] = useState<string | null>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const range = parseTypedRange(String(new FormData(event.currentTarget).get('range')));
        if (range === null) setFault('Write a number and a unit: 45m, 6h, 3d.');
        else onApply(range);
      }}
    >
      <TextInput
        size="xs"
        name="range"
        aria-label="Type a range"
        placeholder="Type: 45m, 6h, 3d"
        error={fault}
        autoComplete="off"
        data-autofocus
        onChange={() => setFault(null)}
      />
    </form>
  );
}

export function TimeRangePicker({ range, zone, opened, onOpen, onChange }: TimeRangePickerProps): ReactNode {
  const label = rangeLabel(range, (ms) => dateTime(ms, zone).slice(5));
  const apply = (next: TimeRange): void => {
    onOpen(false);
    onChange(next);
  };
  return (
    <Popover opened={opened} onChange={onOpen} position="bottom-end" trapFocus width={248} returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={styles['target']}
          aria-label={`Time range: ${label}`}
          onClick={() => onOpen(!opened)}
        >
          <IconClock size={15} aria-hidden />
          <span>{label}</span>
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles['dropdown']} aria-label="Time range">
        <TypedRange onApply={apply} />
        <div className={styles['presets']}>
          {RANGE_PRESETS.map((preset) => (
            <button
              key={preset.text}
              type="button"
              className={styles['preset']}
              aria-pressed={range.kind === 'relative' && range.text === preset.text}
              onClick={() => apply({ kind: 'relative', text: preset.text })}
            >
              {preset.label}
            </button>
          ))}
        </div>
        <CustomRange range={range} zone={zone} onApply={apply} />
      </Popover.Dropdown>
    </Popover>
  );
}
