import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRolo, provideRolo } from '@/rolo';
import BackupBanner from './BackupBanner.vue';
import { createAway } from './away';

const HOUR = 3_600_000;
const noon = new Date(2026, 10, 20, 12).getTime();
beforeEach(() => localStorage.clear());

async function banner(trouble: object | null, now = noon) {
  const rolo = createRolo({ fetch: async () => Response.json({ scheduled: true, good: null, trouble }), origin: 'http://rolo.example', now: () => now, shift: () => 0 });
  const shown = mount(BackupBanner, { global: { plugins: [{ install: (app) => provideRolo(app, rolo) }] } });
  await flushPromises();
  return shown;
}

describe('the banner of the backups', () => {
  const failing = { kind: 'not_taken', why: 'The last backup could not be taken. The disk is full.' };
  it('says what is wrong and what to do, and is not there when nothing is', async () => {
    const shown = await banner(failing);
    expect(shown.text()).toContain('The disk is full.');
    expect(shown.text()).toContain('rolo backup');
    expect((await banner(null)).find('.banner').exists()).toBe(false);
  });
  it('is put away for the day, and is back on the next', async () => {
    const shown = await banner(failing);
    await shown.find('button').trigger('click');
    expect(shown.find('.banner').exists()).toBe(false);
    expect((await banner(failing, noon + HOUR)).find('.banner').exists()).toBe(false);
    expect((await banner(failing, noon + 24 * HOUR)).find('.banner').exists()).toBe(true);
  });
  it('is put away also where nothing can be kept', () => {
    const full = { getItem: () => null, setItem: () => { throw new Error('full'); } } as unknown as Storage;
    expect(() => createAway(full, () => noon).put()).not.toThrow();
  });
});
