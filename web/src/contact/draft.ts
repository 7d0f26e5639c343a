// What was typed and not yet saved, kept on this device: a reload, a crash or a refused save loses nothing.
import type { ContactForm } from './form';

const PREFIX = 'rolo.draft.';

export interface Draft {
  form: ContactForm;
  /** The revision the form was opened on; a draft of another one is shown with a word about it. */
  revision: string | null;
}

export function readDraft(store: Storage, key: string): Draft | null {
  try {
    const draft = JSON.parse(store.getItem(PREFIX + key) ?? 'null') as Draft | null;
    return draft?.form && Array.isArray(draft.form.emails) && Array.isArray(draft.form.addresses) ? draft : null;
  } catch {
    return null;
  }
}

export function keepDraft(store: Storage, key: string, draft: Draft) {
  try {
    store.setItem(PREFIX + key, JSON.stringify(draft));
  } catch {
    // A full or forbidden store costs the draft, never the form.
  }
}

export function dropDraft(store: Storage, key: string) {
  store.removeItem(PREFIX + key);
}

/** Sign-out: no card stays behind. */
export function dropAllDrafts(store: Storage) {
  for (const key of Object.keys(store)) if (key.startsWith(PREFIX)) store.removeItem(key);
}
