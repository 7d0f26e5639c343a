// In which chunk of the kept book somebody lies. A chunk is the least that one write rewrites: one record a contact takes
// sixty times as long to write, and one record for all of them would be written whole for every star.
import type { Summary } from '@/api/types';

const PEOPLE_EACH = 700;
const PEOPLE_MOST = 1000;

export function chunksFor(people: number): number {
  return Math.max(1, Math.ceil(people / PEOPLE_EACH));
}

/** A book that grew beyond its chunks is cut anew. */
export function isCrowded(people: number, chunks: number): boolean {
  return people > chunks * PEOPLE_MOST;
}

/** By hash (FNV-1a), so that ids which were given one after the other spread evenly and nobody ever moves. */
export function chunkOf(id: string, chunks: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % chunks;
}

export function chunked(people: Iterable<Summary>, chunks: number): Summary[][] {
  const all = Array.from({ length: chunks }, (): Summary[] => []);
  for (const person of people) all[chunkOf(person.id, chunks)]!.push(person);
  return all;
}
