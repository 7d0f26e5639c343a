// What was typed and not yet saved, kept on this device: a reload, a crash or a refused save loses nothing.
import { formOf, LISTS, type ContactForm } from './form';

const PREFIX = 'rolo.draft.';

export interface Draft {
  form: ContactForm;
  /** What the form said when it was opened: with it, a draft is put on top of a newer version. */
  before?: ContactForm;
  labels?: string[];
  /** The revision the form was opened on; a draft of another one is put on top of the newer. */
  revision: string | null;
  /** The change that waited and was not taken, whose text this is. */
  held?: string;
}

export function readDraft(store: Storage, key: string): Draft | null {
  try {
    const draft = JSON.parse(store.getItem(PREFIX + key) ?? 'null') as Draft | null;
    if (!draft?.form || !Array.isArray(draft.form.emails) || !Array.isArray(draft.form.addresses)) return null;
    // A draft of an earlier Rolo lacks the fields that came since.
    const form = { ...formOf({}), ...draft.form };
    return LISTS.every((list) => Array.isArray(form[list])) ? { ...draft, form } : null;
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
