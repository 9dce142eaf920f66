import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { parentPort } from 'node:worker_threads';
import { Logger } from './logger.ts';
import type { LoggerOptions } from './options.ts';
import { parsePinoLine } from './pino-record.ts';
import type { PinoNames } from './pino-record.ts';

/**
 * Options of the transport. They are copied into a worker thread, so they are plain data: no onError, onDrop, agent
 * or transport.
 */
export interface PinoTransportOptions extends Omit<
  LoggerOptions,
  'onError' | 'onDrop' | 'agent' | 'transport'
> {
  /** Key of the message, when the pino logger has its own. Taken from the pino logger when it tells. */
  messageKey?: string;
  /** Key of an error. Default `err`. */
  errorKey?: string;
}

/** How long the first line waits for pino to tell its settings, in ms. */
const CONFIG_WAIT_MS = 1000;
/** Text without a newline beyond this many characters is given up: it is no log line. */
const MAX_LINE_LENGTH = 8 * 1024 * 1024;

interface PinoConfigMessage {
  code?: unknown;
  config?: { messageKey?: string; errorKey?: string; levels?: { labels?: Record<string, string> } };
}

/**
 * Transport for `pino.transport({ target: '@logstead/logger/pino', options })`. Returns the stream that pino's worker
 * thread writes newline-delimited JSON to; ending the stream flushes.
 */
// The worker thread imports the default export: that is pino's contract.
export default function logsteadPinoTransport(
  options: PinoTransportOptions & { pinoWillSendConfig?: boolean } = {},
): Writable {
  // pino ends the stream when the process ends, so the logger needs no hooks of its own.
  const logger = new Logger({ ...options, flushOnExit: false });
  const names: PinoNames = {
    messageKey: options.messageKey ?? 'msg',
    errorKey: options.errorKey ?? 'err',
    levelLabels: {},
  };
  const configured = options.pinoWillSendConfig === true ? receiveConfig(names, options) : undefined;
  const decoder = new StringDecoder('utf8');
  let rest = '';

  const consume = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) rest = '';
    for (const line of lines) send(logger, line, names);
  };
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
      if (configured === undefined || names.configured === true) {
        consume(text);
        done();
        return;
      }
      void configured.then(() => {
        consume(text);
        done();
      });
    },
    final(done) {
      consume(`${decoder.end()}\n`);
      logger.close().then(() => done(), done);
    },
  });
}

function send(logger: Logger, line: string, names: PinoNames): void {
  if (line.trim() === '') return;
  const record = parsePinoLine(line, names);
  if (record === undefined) {
    logger.info(line);
    return;
  }
  logger.log(record.level, record.message, record.metadata, record.fields);
}

/** pino posts its keys and custom levels to the worker once; they must be known before the first line is read. */
function receiveConfig(names: PinoNames, options: PinoTransportOptions): Promise<void> | undefined {
  const port = parentPort;
  if (port === null) return undefined;
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      port.off('message', receive);
      names.configured = true;
      resolve();
    };
    const receive = (message: PinoConfigMessage): void => {
      if (message.code !== 'PINO_CONFIG') return;
      names.messageKey = options.messageKey ?? message.config?.messageKey ?? names.messageKey;
      names.errorKey = options.errorKey ?? message.config?.errorKey ?? names.errorKey;
      names.levelLabels = message.config?.levels?.labels ?? {};
      finish();
    };
    const timer = setTimeout(finish, CONFIG_WAIT_MS);
    port.on('message', receive);
  });
}
