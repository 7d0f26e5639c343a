import { expect, it } from 'vitest';
import { crc32, zipped } from './archive';

it('sums as every other program does', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});

it('lays files down as they are, with their names', async () => {
  const zip = await zipped([{ name: 'a.csv', blob: new Blob(['First Name\nAnn\n']) }, { name: 'Zoë 2.vcf', blob: new Blob([new Uint8Array([0, 255, 10])]) }]);
  const bytes = new Uint8Array(await zip.arrayBuffer());
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  expect(view.getUint16(end + 10, true)).toBe(2);
  let at = view.getUint32(end + 16, true);
  const files = Array.from({ length: 2 }, () => {
    const [size, long, local] = [view.getUint32(at + 20, true), view.getUint16(at + 28, true), view.getUint32(at + 42, true)];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + long));
    at += 46 + long;
    const content = bytes.subarray(local + 30 + long, local + 30 + long + size);
    expect(view.getUint32(local, true)).toBe(0x04034b50);
    expect(view.getUint32(local + 14, true)).toBe(crc32(content));
    return [name, [...content]];
  });
  expect(files).toEqual([['a.csv', [...new TextEncoder().encode('First Name\nAnn\n')]], ['Zoë 2.vcf', [0, 255, 10]]]);
  expect(at).toBe(end);
});
