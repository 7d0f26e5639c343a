// Draws src/ui/icons.svg: one sprite of the Lucide icons (ISC licence) that Rolo uses, under Rolo's own names.
// A row of the list then costs one <use> instead of a component. `icons.test.ts` says when this must run again.
import { readFileSync, writeFileSync } from 'node:fs';

export const NAMES = {
  back: 'arrow-left', book: 'notebook', building: 'building-2', cake: 'cake', calendar: 'calendar', camera: 'camera',
  chat: 'message-square', check: 'check', close: 'x', copy: 'copy', down: 'chevron-down', edit: 'pencil', equal: 'equal',
  export: 'arrow-up-from-line', eye: 'eye', 'eye-off': 'eye-off', file: 'file', forward: 'arrow-right', globe: 'globe',
  help: 'circle-question-mark', history: 'history', import: 'arrow-down-to-line', label: 'tag', leave: 'log-out', mail: 'mail',
  menu: 'menu', mobile: 'smartphone', note: 'sticky-note', offline: 'cloud-off', phone: 'phone', pin: 'map-pin', plug: 'plug',
  plus: 'plus', relation: 'git-branch', search: 'search', spark: 'sparkles', star: 'star', sync: 'refresh-cw',
  terminal: 'square-terminal', trash: 'trash-2', undo: 'undo-2', user: 'user', 'user-plus': 'user-plus', warn: 'triangle-alert',
  // The list and its acts
  clock: 'clock', columns: 'columns-3', merge: 'merge', more: 'ellipsis-vertical', rows: 'rows-3', sort: 'arrow-down-a-z', up: 'chevron-up',
  // Pages around one contact, settings, printing
  code: 'qr-code', directions: 'navigation', download: 'download', key: 'key-round', keyboard: 'keyboard', laptop: 'laptop', next: 'chevron-right',
  previous: 'chevron-left', print: 'printer', settings: 'sliders-horizontal', text: 'type', users: 'users',
};

export function drawSprite() {
  const set = JSON.parse(readFileSync(new URL('../node_modules/@iconify-json/lucide/icons.json', import.meta.url), 'utf8'));
  const bodyOf = (name) => set.icons[name]?.body ?? bodyOf(set.aliases[name].parent);
  const symbols = Object.entries(NAMES).map(([id, name]) => {
    // The look (stroke, width, caps) belongs to the style sheet: only shapes stay.
    const shapes = bodyOf(name)
      .replace(/ (?:fill="none"|stroke="currentColor"|stroke-linecap="round"|stroke-linejoin="round"|stroke-width="2")/g, '')
      .replace(/<\/?g>/g, '');
    return `<symbol id="i-${id}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`;
}

if (process.argv[1]?.endsWith('icons.mjs')) {
  writeFileSync(new URL('../src/ui/icons.svg', import.meta.url), drawSprite());
}
