// What somebody is called, in the order of names the account chose: the server says both, and leaves the second out where
// it is no other, as for companies and for names whose own order has the family name in front.
import type { Summary } from '@/api/types';
import { useRolo } from '@/rolo';

/** The name as it is read. */
export function calledIn(familyFirst: boolean, person: Pick<Summary, 'name' | 'name_family_first'>): string {
  return (familyFirst ? person.name_family_first : null) ?? person.name;
}

export function useNaming() {
  const { session, text } = useRolo();
  const isFamilyFirst = () => session.account.value?.settings.name_order === 'family';
  const called = (person: Pick<Summary, 'name' | 'name_family_first'>) => calledIn(isFamilyFirst(), person) || text.contact.nameless;
  return { isFamilyFirst, called };
}
