// Whether this device may keep the book: the person's choice, asked at the door and in the settings. The choice itself says
// nothing of anybody, and stays.

const KEY = 'rolo.device';

export interface Choice {
  keeps(): boolean;
  choose(keep: boolean): void;
}

export function createChoice(storage: Storage): Choice {
  return {
    keeps: () => storage.getItem(KEY) !== 'no',
    choose(keep) {
      if (keep) storage.removeItem(KEY);
      else storage.setItem(KEY, 'no');
    },
  };
}
