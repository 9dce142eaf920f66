import { requestIdOf } from './request-id';

const idFor = (value: string | string[] | undefined) => requestIdOf({ headers: { 'x-request-id': value } });

describe('requestIdOf', () => {
  it.each(['4bf92f3577b34da6a3ce929d0e0e4736', 'req:2026-11-21.0001'])('keeps the sane id %s', (id) => {
    expect(idFor(id)).toBe(id);
  });

  it.each([
    undefined,
    '',
    'short',
    'a'.repeat(65),
    'with space 123',
    'line\r\nbreak',
    'quote"quote',
    ['12345678', '12345678'],
  ])('makes an id instead of %p', (given) => {
    expect(idFor(given)).toMatch(/^[0-9a-f-]{36}$/);
  });
});
