// Draws the mark as pictures for home screens (public/mark-*.png) from public/favicon.svg, with the browser of the journeys.
// A maskable one fills its square: a phone cuts it to its own shape, and only the middle four fifths are sure to be seen.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from '../../e2e/node_modules/playwright-core/index.mjs';

const mark = readFileSync(new URL('../public/favicon.svg', import.meta.url), 'utf8');
const PICTURES = [
  { name: 'mark-192', side: 192, share: 1, ground: 'transparent' },
  { name: 'mark-512', side: 512, share: 1, ground: 'transparent' },
  { name: 'mark-180', side: 180, share: 0.86, ground: '#00696e' },
  { name: 'mark-maskable-512', side: 512, share: 0.8, ground: '#00696e' },
];

const browser = await chromium.launch({ executablePath: process.env.ROLO_CHROMIUM ?? '/usr/bin/chromium', chromiumSandbox: process.getuid?.() !== 0, args: ['--disable-gpu'] });
const page = await browser.newPage();
for (const { name, side, share, ground } of PICTURES) {
  await page.setViewportSize({ width: side, height: side });
  const own = Math.round(side * share);
  const at = (side - own) / 2;
  await page.setContent(`<style>html, body { margin: 0; background: ${ground} } svg { position: absolute; inset: ${at}px auto auto ${at}px; width: ${own}px; height: ${own}px }</style>${mark}`);
  writeFileSync(new URL(`../public/${name}.png`, import.meta.url), await page.screenshot({ omitBackground: true }));
}
await browser.close();
