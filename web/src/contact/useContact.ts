// One contact, whole: the envelope with its card and the revision that a write must name.
import { ref, shallowRef, watch, type Ref } from 'vue';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Contact } from '@/api/types';
import { useRolo } from '@/rolo';

export function useContact(id: Ref<string | null>) {
  const { api, book } = useRolo();
  const contact = shallowRef<Contact | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const loading = ref(false);

  async function load(): Promise<void> {
    const wanted = id.value;
    if (!wanted) return;
    loading.value = true;
    problem.value = null;
    try {
      const { data } = await api.answer(api.client.GET('/v1/contacts/{id}', { params: { path: { id: wanted } } }));
      if (id.value === wanted) contact.value = data;
    } catch (error) {
      if (id.value === wanted) problem.value = asRefusal(error);
    } finally {
      loading.value = false;
    }
  }

  watch(id, () => {
    contact.value = null;
    void load();
  }, { immediate: typeof document !== 'undefined' });
  // Somebody changed the card elsewhere: the page follows.
  watch(() => (id.value ? book.find(id.value)?.revision : undefined), (now) => {
    if (now && contact.value && now !== contact.value.revision && !loading.value) void load();
  });

  return { contact, problem, loading, load };
}
