import type { Zone } from '../format/time-format';
import { useChoiceSetting } from './local-setting';

/** Whether times are shown in the reader's zone or in UTC. */
export function useZone(): [Zone, (zone: Zone) => void] {
  return useChoiceSetting<Zone>('zone', ['local', 'utc'], 'local');
}
