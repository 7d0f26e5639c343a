import { expect, it } from 'vitest';
import { shortCard, squaresOf } from './code';

it('writes a short card, escaped, without notes', () => {
  expect(shortCard({
    name: { components: [{ kind: 'given', value: 'Ann; B' }, { kind: 'surname', value: 'Lee' }] }, emails: { a: { address: 'ann@x.example' } }, phones: { p: { number: '+1 202 555 0110' } },
    organizations: { o: { name: 'Acme, Inc' } }, notes: { n: { note: 'secret' } },
  })).toBe('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\\; B Lee\r\nN:Lee;Ann\\; B;;;\r\nTEL:+1 202 555 0110\r\nEMAIL:ann@x.example\r\nORG:Acme\\, Inc\r\nEND:VCARD\r\n');
});
it('cannot be broken out of: a value never begins a line of its own', () => {
  const text = shortCard({ name: { full: 'Eve\r\nEND:VCARD\r\nBEGIN:VCARD\nTEL:666' } })!;
  expect(text.match(/^END:VCARD/gm)).toHaveLength(1);
  expect(text).not.toMatch(/^TEL/m);
});
it('leaves lines out before it grows too long to be read, and gives up on a name nobody could scan', () => {
  const links = Object.fromEntries(Array.from({ length: 3 }, (_, n) => [`l${n}`, { uri: `https://x.example/${'y'.repeat(600)}${n}` }]));
  const text = shortCard({ name: { full: 'Ann' }, phones: { p: { number: '070' } }, links })!;
  expect(text).toContain('TEL:070');
  expect(text.length).toBeLessThanOrEqual(1200);
  expect(shortCard({ name: { full: 'N'.repeat(10_000) } })).toBeNull();
});
it('draws dark squares, the finders in three corners', () => {
  const { size, path } = squaresOf('BEGIN:VCARD');
  expect(size).toBeGreaterThan(20);
  expect(path.startsWith('M2 2h7v1h-7z')).toBe(true);
  expect(path).toContain(`M${size - 9} 2h7v1h-7z`);
});
