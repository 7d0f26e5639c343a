// The form of one contact through its life: opened, changed, saved as the smallest patch, refused by a newer version.
import { computed, onMounted, reactive, ref, shallowRef, toRaw, watch, type Ref } from 'vue';
import { batchOf } from '@/api/client';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Contact, Summary } from '@/api/types';
import { newcomer } from '@/device/sketch';
import { useKept } from '@/device/useKept';
import { useRolo } from '@/rolo';
import { nameOf, type Card } from './card';
import { conflictsOf, rebased, type Conflict, type Side } from './conflict';
import { dropDraft, keepDraft, readDraft, type Draft } from './draft';
import { faultsOf, fieldOf, formOf, patchOf, type ContactForm } from './form';

export function useContactForm(contact: Ref<Contact | null>, id: Ref<string | null>) {
  const { api, book, device, outbox, undo, text, around } = useRolo();
  const kept = useKept();
  const before = shallowRef<ContactForm>(formOf({}));
  const base = shallowRef<Contact | null>(null);
  const form = reactive<ContactForm>(formOf({}));
  const labels = ref<string[]>([]);
  /** The book a new contact goes to; nothing: one's own. */
  const home = ref('');
  const saving = ref(false);
  const fromDraft = ref(false);
  const problem = shallowRef<Refusal | null>(null);
  const judged = ref(false);
  /** The version that was saved elsewhere while this one was being typed, and where both changed the same. */
  const newer = shallowRef<Contact | null>(null);
  const conflicts = shallowRef<readonly Conflict[]>([]);
  /** The change that waited on this device and now lies in this form. */
  let held: string | undefined;
  const draftKey = computed(() => id.value ?? 'new');

  const patch = computed(() => patchOf(before.value, form, base.value?.card ?? {}));
  const relabelled = computed(() => [...labels.value].sort().join() !== [...(base.value?.labels ?? [])].sort().join());
  const changed = computed(() => Object.keys(patch.value).length > 0 || relabelled.value);
  const faults = computed(() => faultsOf(before.value, form));
  /** What the server refused, at the field it belongs to. */
  const refused = computed(() => {
    const told = new Map<string, string>();
    const isKnown = (kind: string, member: string) => (base.value?.card[kind] as Record<string, unknown> | undefined)?.[member] !== undefined;
    for (const [pointer, why] of Object.entries(problem.value?.fields ?? {})) {
      const field = fieldOf(pointer, form, isKnown);
      if (field) told.set(field, why);
    }
    return told;
  });

  function open(opened: Contact | null) {
    base.value = opened;
    before.value = formOf(opened?.card ?? {});
    labels.value = [...(opened?.labels ?? [])];
    problem.value = null;
    newer.value = null;
    const draft = readDraft(device.drafts(), draftKey.value);
    fromDraft.value = draft !== null;
    held = draft?.held;
    if (draft) takeUp(draft, opened);
    else Object.assign(form, structuredClone(before.value));
  }
  function takeUp(draft: Draft, opened: Contact | null) {
    const mine = structuredClone(draft.form);
    if (draft.labels) labels.value = [...draft.labels];
    if (draft.revision === (opened?.revision ?? null)) return void Object.assign(form, mine);
    // The card was changed since this was typed: both sides are shown, as they are after a refused save.
    newer.value = opened;
    conflicts.value = conflictsOf(draft.before ?? before.value, mine, before.value);
    before.value = draft.before ?? before.value;
    Object.assign(form, mine);
  }
  watch(contact, (now) => {
    if (id.value && now && base.value?.id !== now.id) open(now);
  }, { immediate: true });
  // A draft lies in the browser: it is taken up once the page is in it.
  onMounted(() => {
    if (!id.value) open(null);
  });

  watch([form, before, labels], () => {
    if (saving.value || newer.value || (id.value && !base.value)) return;
    const kept: Draft = { form: toRaw(form), before: before.value, labels: toRaw(labels.value), revision: base.value?.revision ?? null, ...(held ? { held } : {}) };
    if (changed.value) keepDraft(device.drafts(), draftKey.value, kept);
    else dropDraft(device.drafts(), draftKey.value);
  }, { deep: true });

  /** The line of the list as it will be. */
  function shownAfter(card: Card): Partial<Summary> {
    const list = (lines: { value: string }[]) => lines.map((line) => line.value.trim()).filter(Boolean).slice(0, 2);
    const name = nameOf(card);
    return { labels: [...labels.value], ...(name ? { name } : {}), emails: list(form.emails), phones: list(form.phones), company: form.jobs[0]?.company.trim() || null, title: form.jobs[0]?.title.trim() || null };
  }
  /** What was typed, for the form to take up again should it not be taken. */
  const typed = (): Draft => ({ form: structuredClone(toRaw(form)), before: before.value, labels: [...labels.value], revision: base.value?.revision ?? null });
  /** What was held back is in the form now, and goes with it. */
  async function release(): Promise<void> {
    if (id.value) await outbox.settle(id.value);
    else if (held) await outbox.settleOne(held);
    held = undefined;
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
      const refusal = asRefusal(error);
      problem.value = refusal;
      if (refusal.status === 412) await meet();
      return null;
    } finally {
      saving.value = false;
    }
  }

  async function saveChanged(opened: Contact): Promise<string> {
    const components = (patch.value.name as { components?: unknown } | undefined)?.components;
    const shown = shownAfter({ ...opened.card, ...(components ? { name: { components } } : {}) });
    const draft = typed();
    await release();
    const posted = await outbox.act({
      what: 'edit', name: shown.name ?? (nameOf(opened.card) || text.contact.nameless), contacts: [opened.id], shown: { set: shown }, draft,
      call: { method: 'PATCH', path: `/v1/contacts/${opened.id}`, revision: opened.revision, body: { card: patch.value, ...(relabelled.value ? { labels: [...labels.value] } : {}) } },
    });
    dropDraft(device.drafts(), draftKey.value);
    if (posted.done) undo.offer(text.edit.saved(nameOf((posted.data as Contact).card) || text.contact.nameless), batchOf(posted.response));
    else kept([posted.waiting], posted.waiting.name);
    return opened.id;
  }

  async function saveNew(): Promise<string> {
    const into = home.value || [...book.books.value.values()].find((one) => one.access !== 'see')?.id;
    const card = { '@type': 'Card', version: '1.0', ...patch.value };
    const body = { card, ...(into ? { book: into } : {}), ...(labels.value.length > 0 ? { labels: [...labels.value] } : {}) };
    const name = nameOf(card) || text.contact.nameless;
    const draft = typed();
    await release();
    const here = device.owner() && newcomer(device.home!.key(), card, shownAfter(card), into ?? '', new Date(around.now()).toISOString());
    const posted = await outbox.act({ what: 'create', name, contacts: [], shown: {}, draft, call: { method: 'POST', path: '/v1/contacts', body }, ...here });
    dropDraft(device.drafts(), draftKey.value);
    if (!posted.done) {
      kept([posted.waiting], name);
      return posted.waiting.contacts[0]!;
    }
    const data = posted.data as Contact;
    await book.refresh();
    undo.offer(text.edit.created(nameOf(data.card) || text.contact.nameless), batchOf(posted.response));
    return data.id;
  }

  /** Somebody saved first: fetch their version and find what needs a choice. */
  async function meet(): Promise<void> {
    const opened = base.value;
    if (!opened) return;
    try {
      const { data } = await api.answer(api.client.GET('/v1/contacts/{id}', { params: { path: { id: opened.id } } }));
      newer.value = data;
      conflicts.value = conflictsOf(before.value, structuredClone(toRaw(form)), formOf(data.card));
    } catch (error) {
      problem.value = asRefusal(error);
    }
  }

  /** Put what was typed here on top of their version, the chosen side where both changed the same. */
  function settle(choices: ReadonlyMap<string, Side>) {
    const data = newer.value;
    if (!data) return;
    const newest = formOf(data.card);
    if (!relabelled.value) labels.value = [...data.labels];
    const merged = rebased(before.value, structuredClone(toRaw(form)), newest, choices);
    base.value = data;
    before.value = newest;
    Object.assign(form, merged);
    newer.value = null;
    conflicts.value = [];
    problem.value = null;
  }

  function discard() {
    dropDraft(device.drafts(), draftKey.value);
    void release();
    open(newer.value ?? base.value);
  }

  return { form, labels, home, changed, faults, refused, judged, saving, fromDraft, problem, newer, conflicts, save, settle, discard };
}
