// The form of one contact through its life: opened, changed, saved as the smallest patch, refused by a newer version.
import { computed, reactive, ref, shallowRef, toRaw, watch, type Ref } from 'vue';
import { batchOf } from '@/api/client';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Contact, Summary } from '@/api/types';
import { useRolo } from '@/rolo';
import { nameOf, type Card } from './card';
import { dropDraft, keepDraft, readDraft } from './draft';
import { faultsOf, formOf, patchOf, type ContactForm } from './form';

export function useContactForm(contact: Ref<Contact | null>, id: Ref<string | null>) {
  const { api, book, undo, text } = useRolo();
  const before = shallowRef<ContactForm>(formOf({}));
  const base = shallowRef<Contact | null>(null);
  const form = reactive<ContactForm>(formOf({}));
  const saving = ref(false);
  const fromDraft = ref(false);
  const problem = shallowRef<Refusal | null>(null);
  const judged = ref(false);
  const draftKey = computed(() => id.value ?? 'new');

  const patch = computed(() => patchOf(before.value, form, base.value?.card ?? {}));
  const changed = computed(() => Object.keys(patch.value).length > 0);
  const faults = computed(() => faultsOf(before.value, form));

  function open(opened: Contact | null) {
    base.value = opened;
    before.value = formOf(opened?.card ?? {});
    const draft = readDraft(localStorage, draftKey.value);
    // A draft made on another version would undo what came since; it is only taken up on its own.
    const usable = draft !== null && draft.revision === (opened?.revision ?? null);
    Object.assign(form, structuredClone(usable ? draft.form : before.value));
    fromDraft.value = usable;
    problem.value = null;
  }
  watch(contact, (now) => {
    if (id.value && now && base.value?.id !== now.id) open(now);
  }, { immediate: true });
  if (!id.value && typeof localStorage !== 'undefined') open(null);

  watch([form, before], () => {
    if (saving.value || (id.value && !base.value)) return;
    if (changed.value) keepDraft(localStorage, draftKey.value, { form: toRaw(form), revision: base.value?.revision ?? null });
    else dropDraft(localStorage, draftKey.value);
  }, { deep: true });

  function shownAfter(card: Card): (person: Summary) => Summary {
    const list = (lines: { value: string }[]) => lines.map((line) => line.value.trim()).filter(Boolean).slice(0, 2);
    return (person) => Object.freeze({
      ...person, name: nameOf(card) || person.name, emails: list(form.emails), phones: list(form.phones), company: form.company.trim() || null, title: form.title.trim() || null,
    });
  }

  /** Saves what was changed; answers the contact's id, or nothing when it did not work. */
  async function save(): Promise<string | null> {
    judged.value = true;
    if (faults.value.size > 0) return null;
    if (!changed.value) return base.value?.id ?? null;
    saving.value = true;
    problem.value = null;
    try {
      return base.value ? await saveChanged(base.value) : await saveNew();
    } catch (error) {
      problem.value = asRefusal(error);
      return null;
    } finally {
      saving.value = false;
    }
  }

  async function saveChanged(opened: Contact): Promise<string> {
    const components = (patch.value.name as { components?: unknown } | undefined)?.components;
    const guess: Card = { ...opened.card, ...(components ? { name: { components } } : {}) };
    const { data, response } = await book.optimistic(opened.id, shownAfter(guess), () =>
      api.answer(api.client.PATCH('/v1/contacts/{id}', {
        params: { path: { id: opened.id }, header: { 'If-Match': `"${opened.revision}"` } },
        body: { card: patch.value }, headers: { 'Content-Type': 'application/merge-patch+json' },
      })));
    dropDraft(localStorage, draftKey.value);
    undo.offer(text.edit.saved(nameOf(data.card) || text.contact.nameless), batchOf(response));
    return opened.id;
  }

  async function saveNew(): Promise<string> {
    const home = [...book.books.value.values()].find((one) => one.access !== 'see');
    const card = { '@type': 'Card', version: '1.0', ...patch.value };
    const { data, response } = await api.answer(api.client.POST('/v1/contacts', { body: { card, ...(home ? { book: home.id } : {}) } }));
    await book.refresh();
    dropDraft(localStorage, draftKey.value);
    undo.offer(text.edit.created(nameOf(data.card) || text.contact.nameless), batchOf(response));
    return data.id;
  }

  /** Somebody saved first: put what was typed here on top of the newest version. */
  async function catchUp(): Promise<void> {
    const opened = base.value;
    if (!opened) return;
    try {
      const { data } = await api.answer(api.client.GET('/v1/contacts/{id}', { params: { path: { id: opened.id } } }));
      const mine = structuredClone(toRaw(form));
      const newest = formOf(data.card);
      const merged = rebased(before.value, mine, newest);
      base.value = data;
      before.value = newest;
      Object.assign(form, merged);
      problem.value = null;
    } catch (error) {
      problem.value = asRefusal(error);
    }
  }

  function discard() {
    dropDraft(localStorage, draftKey.value);
    Object.assign(form, structuredClone(before.value));
    fromDraft.value = false;
  }

  return { form, before, changed, faults, judged, saving, fromDraft, problem, save, catchUp, discard };
}

/** What was typed, moved from the version it was typed on to a newer one: a field left alone takes the newer value. */
export function rebased(before: ContactForm, mine: ContactForm, newest: ContactForm): ContactForm {
  const same = (a: unknown, b: unknown) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));
  const next = structuredClone(newest) as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(mine)) {
    if (same(value, (before as unknown as Record<string, unknown>)[field])) continue;
    next[field] = Array.isArray(value) ? rebasedLines((before as never)[field], value, (newest as never)[field]) : value;
  }
  return next as unknown as ContactForm;
}

type AnyLine = { id: string | null; key: number };

function plain(value: unknown): unknown {
  return Array.isArray(value) ? value.map(({ key: _, ...line }: AnyLine) => line) : value;
}

function rebasedLines(before: AnyLine[], mine: AnyLine[], newest: AnyLine[]): AnyLine[] {
  const lines = newest
    .filter((line) => mine.some((one) => one.id === line.id) || !before.some((one) => one.id === line.id))
    .map((line) => {
      const own = mine.find((one) => one.id === line.id);
      const old = before.find((one) => one.id === line.id);
      return own && JSON.stringify(plain([own])) !== JSON.stringify(plain([old])) ? own : line;
    });
  // A line whose member is gone meanwhile was still worth typing: it comes back as a new one.
  const lost = mine.filter((one) => one.id !== null && !newest.some((line) => line.id === one.id)
    && JSON.stringify(plain([one])) !== JSON.stringify(plain([before.find((line) => line.id === one.id)])));
  return [...lines, ...lost.map((line) => ({ ...line, id: null })), ...mine.filter((line) => line.id === null)];
}
