// A full book to play in: invented people, made once by `rolo seed` and copied for every file that wants them.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ENGINE, prepared } from './arrangement.ts';

/** How Noor signs in, to whom every seeded book belongs. */
export const NOOR = { email: 'noor@rolo.example', password: 'five quiet harbour mornings' } as const;

/** How many people a full book has: what the promises of speed are made for. */
export const FULL = 25_000;

const run = promisify(execFile);

/** A data folder with Noor's account and `people` in her book; nothing runs on it. */
export async function seed(binary: string, people: number): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'rolo-book-'));
  await prepared(data);
  const secret = join(data, 'secret.txt');
  await run(binary, ['init', '--data', data]);
  await writeFile(secret, `${NOOR.password}\n`, { mode: 0o600 });
  await run(binary, ['user', 'add', '--email', NOOR.email, '--name', 'Noor Haddad', '--password-file', secret, '--organisation', 'new', '--role', 'owner', '--data', data]);
  await rm(secret);
  if (people > 0) await run(binary, ['seed', String(people), '--email', NOOR.email, '--data', data]);
  return data;
}

/** Where books lie that were seeded before, by size: the run of all journeys puts one there (`run.ts`). */
const shelf = process.env['ROLO_BOOKS'];

/** A data folder of one's own with such a book: copied from the shelf if it lies there, else seeded. */
export async function bookOf(binary: string, people: number): Promise<string> {
  const ready = shelf && join(shelf, String(people));
  // A copied folder would share its database with the others.
  if (!ready || !existsSync(ready) || ENGINE !== 'sqlite') return seed(binary, people);
  const data = await mkdtemp(join(tmpdir(), 'rolo-e2e-'));
  // Where the file system can, both share their blocks until one is written to.
  for (const name of await readdir(ready)) await cp(join(ready, name), join(data, name), { recursive: true, mode: constants.COPYFILE_FICLONE });
  return data;
}
