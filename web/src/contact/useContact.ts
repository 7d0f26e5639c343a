// One contact, whole: the envelope with its card and the revision that a write must name.
import { computed, onMounted, ref, shallowRef, watch, type Ref } from 'vue';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Contact } from '@/api/types';
import { sketch } from '@/device/sketch';
import { useRolo } from '@/rolo';

export function useContact(id: Ref<string | null>) {
  const { api, book, device, first, outbox } = useRolo();
  const path = `/v1/contacts/${encodeURIComponent(id.value ?? '')}`;
  const given = first.answer<Contact>(path);
  /** The card as it was brought here, without changes that wait. */
  const brought = shallowRef<Contact | null>(given ?? null);
  const contact = computed(() => brought.value && outbox.onTop(brought.value));
  /** Where it came from: the server; this device, as it was opened here last; or only the line of the list. */
  const from = ref<'server' | 'device' | 'list'>('server');
  const problem = shallowRef<Refusal | null>(first.refusal(path) ?? null);
  const loading = ref(false);
  /** Whose answer counts: the one that was asked for last. */
  let turn = 0;
  /** It changed while it was asked for: the answer may be from before that. */
  let overtaken = false;

  async function load(): Promise<void> {
    const wanted = id.value;
    if (!wanted) return;
    const mine = ++turn;
    loading.value = true;
    overtaken = false;
    problem.value = null;
    // While Rolo is known not to answer one need not wait for that again.
    if (book.stale.value && !brought.value) await fallBack(wanted);
    try {
      const [{ data }] = await Promise.all([api.answer(api.client.GET('/v1/contacts/{id}', { params: { path: { id: wanted } } })), outbox.standing()]);
      if (turn !== mine) return;
      brought.value = data;
      from.value = 'server';
      void device.shelf?.put(data).catch(() => {});
    } catch (error) {
      if (turn !== mine) return;
      const refusal = asRefusal(error);
      if (!refusal.unreachable || !(brought.value || (await fallBack(wanted)))) problem.value = refusal;
    } finally {
      if (turn === mine) {
        loading.value = false;
        if (overtaken) follow(book.find(wanted)?.revision);
      }
    }
  }
  /** Somebody changed the card: the page follows. */
  function follow(now: string | undefined) {
    if (loading.value) overtaken = true;
    else if (now && brought.value && now !== brought.value.revision) void load();
  }

  /** What this device has of it. */
  async function fallBack(wanted: string): Promise<boolean> {
    if (!device.owner()) return false;
    await outbox.standing();
    const kept = outbox.made(wanted) ?? (await device.shelf?.card(wanted)) ?? null;
    const line = book.find(wanted);
    const found = kept ?? (line ? sketch(line) : null);
    if (!found || id.value !== wanted) return false;
    brought.value = found;
    from.value = kept ? 'device' : 'list';
    return true;
  }

  watch(id, () => {
    turn += 1;
    brought.value = null;
    void load();
  }, { immediate: typeof document !== 'undefined' && !first.going.value });
  onMounted(() => {
    if (given) void device.shelf?.put(given).catch(() => {});
    else if (!brought.value && !problem.value && !loading.value) void load();
  });
  watch(() => (id.value ? book.find(id.value)?.revision : undefined), follow);
  // Rolo answers again: the whole card comes. The book stands: its line is here, where there was nothing.
  watch([book.stale, book.state], ([stale]) => {
    if (brought.value ? !stale && from.value !== 'server' : problem.value?.unreachable) void load();
  });

  return { contact, from, problem, loading, load };
}
