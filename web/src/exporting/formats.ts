// The formats a book leaves in, and the address of each download.

export const FORMATS = ['google-csv', 'outlook-csv', 'vcard3', 'vcard4', 'jscontact'] as const;
export type ExportFormat = (typeof FORMATS)[number];

export function exportLink(format: ExportFormat, what: { label?: string | null | undefined; contact?: string | undefined }): string {
  const query = new URLSearchParams({ format });
  if (what.label) query.set('label', what.label);
  if (what.contact) query.set('contacts', what.contact);
  return `/v1/exports?${query}`;
}
