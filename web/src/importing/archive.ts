// Several files become one .zip on their way to the server, so that they are one import: one dry run, one undo. Nothing is
// packed tighter: the connection to one's own machine is no bottleneck, and the server unpacks with its own limits.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** The version that is needed to read it, and the flag that names are UTF-8 (APPNOTE 4.4.3, 4.4.4). */
const READ_WITH = 20;
const UTF8 = 0x0800;
/** 1 January 1980, the first day there is: when a file was saved is nobody's business here. */
const DAY = 0x0021;

/** A file and what it is called. */
export interface Named {
  readonly name: string;
  readonly blob: Blob;
}

/** The files in a .zip, stored as they are. */
export async function zipped(files: readonly Named[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const { name, blob } of files) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const title = new TextEncoder().encode(name);
    const about = [READ_WITH, UTF8, 0, 0, DAY] as const;
    const sizes = [crc32(bytes), bytes.length, bytes.length] as const;
    const head = record([LOCAL], about, sizes, [title.length, 0], title);
    directory.push(record([CENTRAL], [READ_WITH, ...about], sizes, [title.length, 0, 0, 0, 0], title, [0, at]));
    parts.push(head, blob);
    at += head.length + bytes.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = record([END], [0, 0, files.length, files.length], [size, at], [0], new Uint8Array());
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}

/** A record: a signature, two-octet numbers, four-octet numbers, two-octet numbers, four-octet numbers, text; all little-endian. */
function record(sign: readonly number[], first: readonly number[], wide: readonly number[], second: readonly number[], text: Uint8Array, last: readonly number[] = []): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * (sign.length + wide.length + last.length) + 2 * (first.length + second.length) + text.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (numbers: readonly number[], octets: 2 | 4) => {
    for (const number of numbers) {
      if (octets === 2) view.setUint16(at, number, true);
      else view.setUint32(at, number, true);
      at += octets;
    }
  };
  put(sign, 4);
  put(first, 2);
  put(wide, 4);
  put(second, 2);
  put(last, 4);
  bytes.set(text, at);
  return bytes;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let sum = octet;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const octet of bytes) sum = TABLE[(sum ^ octet) & 0xff]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
