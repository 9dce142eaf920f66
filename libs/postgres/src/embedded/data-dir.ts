import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PostgresStartError } from './postgres-start-error';

/** Makes the data folder when it is missing. @throws PostgresStartError when it cannot be made or written */
export function prepareDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new PostgresStartError(
      `The data folder ${dataDir} cannot be created or written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}). ` +
        'Set LOGSTEAD_DATA_DIR to a folder this user may write to.',
      { cause },
    );
  }
}

/** Node's own recursive mkdir never returns where a file system answers ENOENT for a folder that exists (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
