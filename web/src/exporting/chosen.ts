// The file of those chosen. Their ids are a body: an address names a thousand, a book has more.
import type { Api } from '@/api/client';
import type { ExportFormat } from './formats';

/** Time for the browser to begin with the file, after which it needs its address no more. */
const KEPT_MS = 60_000;

/**
 * It is brought by the page and not by a form that the browser would stream to disk: such a form does not say where it comes
 * from where there is no TLS, and what the server refuses would take the page's place. Large files lie on the browser's disk.
 */
export async function fileOf(api: Api, format: ExportFormat, contacts: readonly string[], signal: AbortSignal): Promise<File> {
  const { data, response } = await api.answer(api.client.POST('/v1/exports', { body: { format, contacts: [...contacts] }, parseAs: 'blob', signal }));
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'contacts';
  return new File([data as unknown as Blob], name, { type: response.headers.get('content-type') ?? '' });
}

/** Gives a file out as a download. */
export function give(file: File) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
