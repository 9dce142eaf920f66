import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** A process told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque start time; null where the system does not tell. */
  readonly startedAt: string | null;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return stateOf(pid) !== 'Z';
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startTimeOf(pid) };
}

/** Whether the very process that was recorded (not a successor with its number) still runs. */
export function isSameProcessAlive(recorded: ProcessIdentity): boolean {
  if (!isAlive(recorded.pid)) return false;
  const startedAt = startTimeOf(recorded.pid);
  return recorded.startedAt === null || startedAt === null || recorded.startedAt === startedAt;
}

/** The name of the program a process runs, without its path; null when unknown. */
export function programOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return ps(pid, 'comm').split('/').pop() ?? null;
  } catch {
    return null;
  }
}

/** The working directory of a process; null when the system does not tell. */
export function workingDirectoryOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function startTimeOf(pid: number): string | null {
  try {
    if (process.platform !== 'linux') return ps(pid, 'lstart');
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId}:${statFields(pid)[19] ?? ''}`;
  } catch {
    return null;
  }
}

function stateOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return statFields(pid)[0] ?? null;
  } catch {
    return null;
  }
}

/** The fields of /proc/<pid>/stat after the program's name, which may itself hold spaces and parentheses. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ps(pid: number, column: string): string {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}
