import 'reflect-metadata';
import { loadConfig } from '@logstead/config';
import { isOperatorError } from './operator-error';
import { startProduct } from './product';
import { stopOnSignals } from './stop-on-signals';

async function main(): Promise<void> {
  const stopping = stopOnSignals();
  const product = await startProduct(loadConfig(), stopping.signal);
  stopping.handOver(() => product.stop());
}

main().catch((error: unknown) => {
  const text = isOperatorError(error)
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`\nLogstead could not start.\n${text}\n`);
  process.exit(1);
});
