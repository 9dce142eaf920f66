import { parseArgs } from 'node:util';

/**
 * @typedef {{
 *   rate: number, tenants: number, seed: string, durationMs: number, backfillMs: number, backfillRate: number,
 *   incident: boolean, flat: boolean, endpoint: string, keys: string[], adminLink: string | undefined,
 *   email: string | undefined, password: string | undefined, dataDir: string, retentionDays: number | undefined, help: boolean,
 * }} DemoOptions
 */

export const HELP = `Sends the logs of three make-believe companies with twenty services each.

  npm run demo -- [options]

  --rate 200            logs a second on the average of a day, all tenants together
  --flat                the same rate day and night
  --duration forever    how long: 60s, 10m, 2h, forever; 0s with --backfill sends history only
  --backfill 3d         history to send first, at most the retention of the tenants
  --backfill-rate 5     logs a second of that history
  --tenants 3           1 to 3
  --seed 42             the same seed sends the same logs
  --incident            payments fail for a minute, ten seconds after the start
  --endpoint URL        default http://localhost:4600 (LOGSTEAD_ENDPOINT, LOGSTEAD_PORT)
  --key KEY             ingest key of a tenant; may be given up to three times. Without one the demo signs in
                        and makes the tenants demo-shop, demo-bank and demo-media:
                        by the link the running product keeps in its data folder, else by
  --admin-link LINK     a sign-in link as npm start prints it, or
  --email, --password   a platform admin (LOGSTEAD_ADMIN_EMAIL, LOGSTEAD_ADMIN_PASSWORD)
  --data-dir ./data     where the keys made are kept (demo-keys.json; LOGSTEAD_DATA_DIR)
  --retention 7         days of retention of the tenants of --key
`;

const UNITS = /** @type {const} */ ({ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 });

/**
 * @param {string[]} args @param {Record<string, string | undefined>} env @returns {DemoOptions}
 * @throws Error naming the option that is wrong
 */
export function parseOptions(args, env) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean' });
  const { values } = parseArgs({
    args,
    options: {
      rate: text,
      tenants: text,
      seed: text,
      duration: text,
      backfill: text,
      'backfill-rate': text,
      incident: flag,
      flat: flag,
      endpoint: text,
      key: { type: 'string', multiple: true },
      'admin-link': text,
      email: text,
      password: text,
      'data-dir': text,
      retention: text,
      help: flag,
    },
  });
  const keys = values.key ?? [];
  if (keys.length > 3) throw new Error('--key: at most three tenants');
  return {
    rate: number('--rate', values.rate ?? '200', 0.1, 1_000_000),
    tenants: keys.length > 0 ? keys.length : number('--tenants', values.tenants ?? '3', 1, 3),
    seed: values.seed ?? '42',
    durationMs:
      values.duration === 'forever' || values.duration === undefined
        ? Infinity
        : duration('--duration', values.duration),
    backfillMs: values.backfill === undefined ? 0 : duration('--backfill', values.backfill),
    backfillRate: number('--backfill-rate', values['backfill-rate'] ?? '5', 0.001, 100_000),
    incident: values.incident === true,
    flat: values.flat === true,
    endpoint: (
      values.endpoint ??
      env['LOGSTEAD_ENDPOINT'] ??
      `http://localhost:${env['LOGSTEAD_PORT'] ?? '4600'}`
    ).replace(/\/+$/, ''),
    keys,
    adminLink: values['admin-link'],
    email: values.email ?? env['LOGSTEAD_ADMIN_EMAIL'],
    password: values.password ?? env['LOGSTEAD_ADMIN_PASSWORD'],
    dataDir: values['data-dir'] ?? env['LOGSTEAD_DATA_DIR'] ?? './data',
    retentionDays:
      values.retention === undefined ? undefined : number('--retention', values.retention, 1, 3650),
    help: values.help === true,
  };
}

/** @param {string} name @param {string} text @param {number} min @param {number} max */
function number(name, text, min, max) {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Error(`${name}: ${text} is not a number from ${min} to ${max}`);
  return value;
}

/** @param {string} name @param {string} text @returns {number} ms */
function duration(name, text) {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (match === null) throw new Error(`${name}: ${text} is no duration such as 60s, 10m, 2h or 3d`);
  return Number(match[1]) * UNITS[/** @type {keyof typeof UNITS} */ (match[2])];
}
