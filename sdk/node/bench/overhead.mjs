// Cost of a log call for the host, in µs of CPU: serialisation and buffering, with a transport that answers at once.
//   npm run build -w sdk/node && npm run bench -w sdk/node
import { cpus } from 'node:os';
import { Logger } from '../dist/esm/index.js';

const CALLS = 20_000;
const ROUNDS = 9;

const error = new TypeError('card declined', { cause: new Error('issuer timeout') });
const metadata = {
  route: '/api/v1/orders',
  duration_ms: 41.7,
  status: 201,
  user: { id: 8812, plan: 'pro' },
  region: 'eu-west-1',
};

const cases = {
  'message only': (logger) => logger.info('order 8812 placed'),
  'message and 6 metadata fields': (logger) => logger.info('order 8812 placed', metadata),
  'the same, 3 redaction paths': (logger) => logger.info('order 8812 placed', metadata),
  'error with stack and cause': (logger) => logger.error('payment failed', error),
  'below the level': (logger) => logger.debug('not sent', metadata),
};

/** CPU time rather than time: the figure is the same beside other work. @param {NodeJS.CpuUsage} since */
const cpuMicros = (since) => {
  const { user, system } = process.cpuUsage(since);
  return user + system;
};

/** Batches are built, compressed and "sent"; only the network is missing. */
const transport = () => Promise.resolve({ status: 202, body: '{}' });

console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}; median of ${ROUNDS} rounds of ${CALLS} calls\n`,
);
console.log('| call | µs of CPU per call | with building, compressing and handing over its batch |');
console.log('|---|---|---|');
for (const [name, call] of Object.entries(cases)) {
  const logger = new Logger({
    apiKey: 'bench',
    service: 'bench',
    level: name === 'below the level' ? 'info' : 'debug',
    redact: name.includes('redaction') ? ['password', '*.token', 'headers.authorization'] : [],
    maxBufferBytes: 256 * 1024 * 1024,
    transport,
  });
  const perCall = [];
  const perRecord = [];
  for (let round = 0; round < ROUNDS; round++) {
    const cpu = process.cpuUsage();
    for (let i = 0; i < CALLS; i++) call(logger);
    perCall.push(cpuMicros(cpu) / CALLS);
    await logger.flush({ timeoutMs: 60_000 });
    perRecord.push(cpuMicros(cpu) / CALLS);
  }
  await logger.close();
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(2);
  console.log(`| ${name} | ${median(perCall)} | ${median(perRecord)} |`);
}
