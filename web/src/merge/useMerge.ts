// Contacts on their way to become one: their cards, what merging would make of them, and what shall be left out.
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { batchOf } from '@/api/client';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Contact } from '@/api/types';
import { nameOf, type Card } from '@/contact/card';
import { useContactActs } from '@/contact/useContactActs';
import { useRolo } from '@/rolo';
import { linesOf, renamed, sourcesOf, without } from './lines';

export function useMerge(ids: Ref<readonly string[]>) {
  const { api, book, undo, text, format } = useRolo();
  const { tell } = useContactActs();
  const contacts = shallowRef<readonly Contact[]>([]);
  const card = shallowRef<Card | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const lead = ref('');
  const out = ref<ReadonlySet<string>>(new Set());
  const busy = ref(false);

  const lines = (one: Card) => linesOf(one, format.partialDate);
  const cards = computed(() => contacts.value.map((one) => ({ contact: one, name: nameOf(one.card) || text.contact.nameless, lines: lines(one.card) })));
  const order = computed(() => [lead.value, ...ids.value.filter((id) => id !== lead.value)]);
  /** What the server would make, under the name that leads here. */
  const wanted = computed(() => {
    const leads = contacts.value.find((one) => one.id === lead.value);
    return card.value && leads ? renamed(card.value, leads.card) : card.value;
  });
  const result = computed(() => {
    if (!wanted.value) return null;
    const all = lines(wanted.value);
    // A name that does not lead becomes a nickname: it comes from the card whose name it is.
    const said = cards.value.map((one) => [...one.lines, { key: '', kind: 'nicknames', icon: '', value: one.name, label: '' }]);
    const sources = sourcesOf(all, said);
    return { name: nameOf(wanted.value) || text.contact.nameless, lines: all.map((line, at) => ({ ...line, sources: sources[at]!, out: out.value.has(line.key) })) };
  });
  const labels = computed(() => [...new Set(contacts.value.flatMap((one) => one.labels))].map((id) => book.labels.value.get(id)).filter((one) => one !== undefined));

  async function load(): Promise<void> {
    problem.value = null;
    const asked = ids.value;
    if (asked.length < 2) return;
    try {
      const found = await Promise.all(asked.map(async (id) => (await api.answer(api.client.GET('/v1/contacts/{id}', { params: { path: { id } } }))).data));
      if (ids.value !== asked) return;
      contacts.value = found;
      if (!asked.includes(lead.value)) lead.value = asked[0]!;
      else await preview();
    } catch (error) {
      problem.value = asRefusal(error);
    }
  }
  async function preview(): Promise<void> {
    const leading = lead.value;
    try {
      const { data } = await api.answer(api.client.POST('/v1/merges/preview', { body: { contacts: order.value } }));
      if (lead.value === leading) card.value = data.card;
    } catch (error) {
      problem.value = asRefusal(error);
    }
  }
  function toggle(key: string) {
    const next = new Set(out.value);
    if (!next.delete(key)) next.add(key);
    out.value = next;
  }
  /** The contact that stays, or nothing when it was refused. */
  async function merge(): Promise<string | null> {
    if (!wanted.value) return null;
    busy.value = true;
    // Without a word of ours the server keeps everything, photos too.
    const said = out.value.size > 0 || wanted.value !== card.value ? { card: without(wanted.value, out.value) } : {};
    const others = new Set(order.value.slice(1));
    try {
      const { data, response } = await book.optimistic([...others], () => null, () =>
        api.answer(api.client.POST('/v1/merges', { body: { contacts: order.value, into: lead.value, ...said } as never })));
      undo.offer(text.merging.done(nameOf(data.card) || text.contact.nameless), batchOf(response));
      return data.id;
    } catch (error) {
      tell(error);
      return null;
    } finally {
      busy.value = false;
    }
  }

  watch(lead, preview);
  watch(ids, load);
  if (typeof document !== 'undefined') void load();
  return { cards, labels, result, lead, problem, busy, load, toggle, merge };
}
