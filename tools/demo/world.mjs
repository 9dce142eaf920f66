/**
 * What the demo pretends to be: three companies, each with twenty services that call each other.
 *
 * @typedef {'edge' | 'http' | 'money' | 'data' | 'queue' | 'job'} Kind
 * @typedef {{ name: string, kind: Kind, medianMs: number }} Service
 * @typedef {{ name: string, path: string, method: string, chain: string[] }} Journey  a request and the services it passes
 * @typedef {{ slug: string, name: string, share: number, services: Service[], journeys: Journey[] }} Company
 */

/** In all three companies. @type {Service[]} */
const SHARED = [
  { name: 'api-gateway', kind: 'edge', medianMs: 6 },
  { name: 'web-frontend', kind: 'edge', medianMs: 18 },
  { name: 'auth', kind: 'http', medianMs: 9 },
  { name: 'users', kind: 'http', medianMs: 12 },
  { name: 'payment', kind: 'money', medianMs: 140 },
  { name: 'billing', kind: 'money', medianMs: 60 },
  { name: 'notifications', kind: 'queue', medianMs: 35 },
  { name: 'search', kind: 'data', medianMs: 45 },
  { name: 'audit', kind: 'queue', medianMs: 8 },
  { name: 'scheduler', kind: 'job', medianMs: 900 },
  { name: 'fraud-check', kind: 'http', medianMs: 70 },
  { name: 'reporting', kind: 'job', medianMs: 2500 },
];

/** @type {Company[]} */
export const COMPANIES = [
  {
    slug: 'demo-shop',
    name: 'Demo Shop',
    share: 0.5,
    services: [
      ...SHARED,
      { name: 'catalog', kind: 'http', medianMs: 14 },
      { name: 'cart', kind: 'data', medianMs: 7 },
      { name: 'checkout', kind: 'http', medianMs: 90 },
      { name: 'orders', kind: 'data', medianMs: 22 },
      { name: 'inventory', kind: 'data', medianMs: 16 },
      { name: 'shipping', kind: 'queue', medianMs: 55 },
      { name: 'pricing', kind: 'http', medianMs: 11 },
      { name: 'recommendations', kind: 'http', medianMs: 48 },
    ],
    journeys: [
      {
        name: 'browse',
        method: 'GET',
        path: '/catalog/items/{n}',
        chain: ['api-gateway', 'catalog', 'pricing', 'recommendations'],
      },
      { name: 'search', method: 'GET', path: '/search', chain: ['api-gateway', 'search', 'catalog'] },
      {
        name: 'cart',
        method: 'POST',
        path: '/cart/items',
        chain: ['api-gateway', 'auth', 'cart', 'inventory'],
      },
      {
        name: 'checkout',
        method: 'POST',
        path: '/checkout',
        chain: ['api-gateway', 'auth', 'checkout', 'fraud-check', 'payment', 'orders', 'notifications'],
      },
      {
        name: 'ship',
        method: 'POST',
        path: '/orders/{n}/ship',
        chain: ['orders', 'shipping', 'notifications', 'audit'],
      },
      { name: 'profile', method: 'GET', path: '/users/{n}', chain: ['web-frontend', 'auth', 'users'] },
      {
        name: 'invoice',
        method: 'POST',
        path: '/invoices',
        chain: ['scheduler', 'billing', 'payment', 'reporting'],
      },
    ],
  },
  {
    slug: 'demo-bank',
    name: 'Demo Bank',
    share: 0.3,
    services: [
      ...SHARED,
      { name: 'accounts', kind: 'data', medianMs: 15 },
      { name: 'ledger', kind: 'data', medianMs: 25 },
      { name: 'transfers', kind: 'money', medianMs: 110 },
      { name: 'cards', kind: 'money', medianMs: 80 },
      { name: 'limits', kind: 'http', medianMs: 10 },
      { name: 'kyc', kind: 'http', medianMs: 300 },
      { name: 'fx-rates', kind: 'http', medianMs: 20 },
      { name: 'statements', kind: 'job', medianMs: 1400 },
    ],
    journeys: [
      {
        name: 'balance',
        method: 'GET',
        path: '/accounts/{n}/balance',
        chain: ['api-gateway', 'auth', 'accounts', 'ledger'],
      },
      {
        name: 'transfer',
        method: 'POST',
        path: '/transfers',
        chain: ['api-gateway', 'auth', 'limits', 'transfers', 'ledger', 'fraud-check', 'notifications'],
      },
      {
        name: 'card',
        method: 'POST',
        path: '/cards/{n}/authorise',
        chain: ['api-gateway', 'cards', 'limits', 'fraud-check', 'payment', 'ledger'],
      },
      { name: 'exchange', method: 'GET', path: '/fx/quotes', chain: ['web-frontend', 'fx-rates'] },
      {
        name: 'onboard',
        method: 'POST',
        path: '/customers',
        chain: ['web-frontend', 'kyc', 'users', 'audit'],
      },
      {
        name: 'statement',
        method: 'GET',
        path: '/statements/{n}',
        chain: ['scheduler', 'statements', 'reporting', 'billing'],
      },
      { name: 'find', method: 'GET', path: '/search', chain: ['api-gateway', 'search'] },
    ],
  },
  {
    slug: 'demo-media',
    name: 'Demo Media',
    share: 0.2,
    services: [
      ...SHARED,
      { name: 'playback', kind: 'http', medianMs: 30 },
      { name: 'transcoder', kind: 'job', medianMs: 6000 },
      { name: 'cdn-origin', kind: 'edge', medianMs: 12 },
      { name: 'library', kind: 'data', medianMs: 13 },
      { name: 'subscriptions', kind: 'money', medianMs: 75 },
      { name: 'comments', kind: 'data', medianMs: 19 },
      { name: 'ads', kind: 'http', medianMs: 26 },
      { name: 'thumbnails', kind: 'queue', medianMs: 240 },
    ],
    journeys: [
      {
        name: 'play',
        method: 'GET',
        path: '/videos/{n}/manifest',
        chain: ['cdn-origin', 'playback', 'auth', 'ads'],
      },
      { name: 'home', method: 'GET', path: '/home', chain: ['web-frontend', 'library', 'search'] },
      {
        name: 'upload',
        method: 'PUT',
        path: '/videos/{n}',
        chain: ['api-gateway', 'auth', 'transcoder', 'thumbnails', 'library', 'audit'],
      },
      {
        name: 'subscribe',
        method: 'POST',
        path: '/subscriptions',
        chain: ['api-gateway', 'subscriptions', 'fraud-check', 'payment', 'billing', 'notifications'],
      },
      {
        name: 'comment',
        method: 'POST',
        path: '/videos/{n}/comments',
        chain: ['api-gateway', 'users', 'comments', 'notifications'],
      },
      { name: 'report', method: 'POST', path: '/reports', chain: ['scheduler', 'reporting'] },
    ],
  },
];

/**
 * How busy a company is at a time, 1 on the average of a day: quiet nights, a rise in the morning, a peak in the
 * evening. @param {number} timeMs since the epoch; hours count in UTC
 */
export function dayCurve(timeMs) {
  const hour = (timeMs / 3_600_000) % 24;
  const turn = (2 * Math.PI) / 24;
  return 1 - 0.55 * Math.cos((hour - 2) * turn) - 0.15 * Math.cos((hour - 1) * 2 * turn);
}
