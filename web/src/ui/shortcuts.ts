// The keyboard: one table, which the overview shows and the pages act on.
import { onBeforeUnmount, onMounted } from 'vue';
import type { Catalogue } from '@/locales/en';

type Act = keyof Catalogue['shortcuts']['acts'];
export type Group = keyof Catalogue['shortcuts']['groups'];
export interface Shortcut {
  act: Act;
  /** Keys as they are pressed: `ctrl+enter` together, `g c` one after the other. */
  keys: readonly string[];
}

/** In the order in which the overview sets them in two columns of one height. */
export const SHORTCUTS: Readonly<Record<Group, readonly Shortcut[]>> = {
  anywhere: [{ act: 'search', keys: ['/'] }, { act: 'create', keys: ['c'] }, { act: 'undo', keys: ['ctrl+z'] }, { act: 'overview', keys: ['?'] }],
  list: [
    { act: 'nextPrevious', keys: ['j', 'k'] }, { act: 'open', keys: ['enter'] }, { act: 'select', keys: ['x'] }, { act: 'labels', keys: ['l'] }, { act: 'star', keys: ['s'] }, { act: 'edit', keys: ['e'] }, { act: 'bin', keys: ['#'] },
  ],
  editing: [{ act: 'save', keys: ['ctrl+enter'] }, { act: 'leave', keys: ['escape'] }],
  go: [
    { act: 'contacts', keys: ['g c'] }, { act: 'companies', keys: ['g o'] }, { act: 'history', keys: ['g h'] }, { act: 'import', keys: ['g i'] }, { act: 'settings', keys: ['g s'] },
  ],
  card: [
    { act: 'edit', keys: ['e'] }, { act: 'write', keys: ['m'] }, { act: 'copy', keys: ['y'] }, { act: 'star', keys: ['s'] }, { act: 'print', keys: ['p'] }, { act: 'nextPrevious', keys: ['j', 'k'] },
    { act: 'bin', keys: ['#'] }, { act: 'back', keys: ['u'] },
  ],
};

const OFF = 'rolo.single-letters';
/** Single letters may be in the way of speech input and screen readers. Kept on this device. */
export function singleLetters(): boolean {
  return localStorage.getItem(OFF) !== 'off';
}
export function setSingleLetters(on: boolean) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, 'off');
}

const THEN_MS = 1200;
let first = '';
let firstAt = 0;

/** What was pressed, as the table writes it; a second letter soon after `g` comes with it. */
export function pressed(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return `ctrl+${key}`;
  if (event.altKey) return '';
  const together = first && event.timeStamp - firstAt < THEN_MS ? `${first} ${key}` : key;
  first = key === 'g' ? 'g' : '';
  firstAt = event.timeStamp;
  return together;
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Acts on keys while the component is there. Letters are left to whoever types, and to dialogs. */
export function useKeys(acts: Readonly<Record<string, () => void>>) {
  function key(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing) return;
    const name = readOnce(event);
    const act = acts[name];
    // The second letter of two comes first to us: to a list it would be a letter of its own.
    if (!act || name.includes(' ') !== (event.eventPhase === Event.CAPTURING_PHASE) || document.querySelector('dialog[open]')) return;
    const letter = name.length === 1 || name.includes(' ');
    // What is typed is taken back by the field itself.
    if ((letter || name === 'ctrl+z') && inField(event.target)) return;
    if (letter && !singleLetters()) return;
    event.preventDefault();
    if (event.eventPhase === Event.CAPTURING_PHASE) event.stopPropagation();
    act();
  }
  onMounted(() => {
    document.addEventListener('keydown', key, true);
    document.addEventListener('keydown', key);
  });
  onBeforeUnmount(() => {
    document.removeEventListener('keydown', key, true);
    document.removeEventListener('keydown', key);
  });
}

const read = new WeakMap<KeyboardEvent, string>();
/** Several components hear one key: it is read once. */
function readOnce(event: KeyboardEvent): string {
  const known = read.get(event);
  if (known !== undefined) return known;
  const name = pressed(event);
  read.set(event, name);
  return name;
}
