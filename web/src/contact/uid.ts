// A card's UID, as relations name it: with or without `urn:uuid:`, in whatever case its hex digits came.
import type { Summary } from '@/api/types';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

export function bareUid(uid: string): string {
  const bare = uid.trim().replace(/^urn:uuid:/i, '');
  return UUID.test(bare) ? bare.toLowerCase() : bare;
}

/** A card made here has its contact's id for a UID; one that came in brought its own. */
export const uidOf = (person: Summary): string => bareUid(person.uid ?? person.id);
