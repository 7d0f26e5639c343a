// Says that a change waits on this device, with Undo as long as it does.
import { useRolo } from '@/rolo';
import type { Waiting } from './waiting';

export function useKept() {
  const { outbox, toasts, text } = useRolo();
  return function kept(all: readonly Waiting[], name: string) {
    const run = async () => {
      let whole = true;
      for (const one of [...all].reverse()) whole = (await outbox.takeBack(one.key)) && whole;
      toasts.say(whole ? text.device.back : text.device.tooLate);
    };
    toasts.say(text.device.kept(name), { act: { title: text.undo.act, run } });
  };
}
