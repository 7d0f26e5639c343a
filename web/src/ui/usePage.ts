// Title and focus move with the page: what a page change looks like, told to those who do not see it.
import { onMounted, watchEffect, type Ref } from 'vue';
import { useRolo } from '@/rolo';

/** Sets the window's title, and puts the focus on the page's heading unless it is the first page or one is typing. */
export function usePage(title: Ref<string>, heading: Ref<HTMLElement | null>) {
  const { text, first, visits } = useRolo();
  first.call(title);
  onMounted(() => {
    watchEffect(() => {
      document.title = text.windowTitle(title.value);
    });
    visits.pages += 1;
    const typing = document.activeElement instanceof HTMLInputElement;
    if (visits.pages > 1 && !typing) heading.value?.focus({ preventScroll: true });
  });
}
