// What was put away for today. It says nothing of anybody, so it stays when one signs out.

const KEY = 'rolo.backups.away';

export function createAway(storage: Storage, now: () => number) {
  const day = () => new Date(now()).toDateString();
  return {
    today: () => storage.getItem(KEY) === day(),
    put() {
      try {
        storage.setItem(KEY, day());
      } catch {
        // No room: it is away until the page is opened anew.
      }
    },
  };
}
