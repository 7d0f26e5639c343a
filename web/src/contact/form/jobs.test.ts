import { expect, it } from 'vitest';
import type { Card } from '../card';
import { formOf, newJob, newLine, patchOf, type ContactForm } from '.';

const card: Card = {
  organizations: { a: { name: 'Acme', units: [{ name: 'Top', sortAs: 't' }, { name: 'Sub' }] }, b: { name: 'Beta, Inc' } },
  titles: { t: { name: 'Head', organizationId: 'b' }, r: { name: 'Night watch', kind: 'role', organizationId: 'b' }, u: { name: 'Potter' }, v: { name: 'Poet' } },
  nicknames: { x: { name: 'Al' }, y: { name: 'Bo', contexts: { work: true } } }, notes: { m: { note: 'One' }, n: { note: 'Two' } },
  speakToAs: { grammaticalGender: 'feminine', pronouns: { p: { pronouns: 'she/her' } } }, preferredLanguages: { l: { language: 'de' } }, personalInfo: { i: { kind: 'expertise', value: 'Clay', level: 'high' } },
  'rolo:gender': { sex: 'F', text: 'woman' }, onlineServices: { s: { service: 'Matrix', user: '@a', contexts: { private: true } } }, anniversaries: { d: { kind: 'death', date: { year: 1999 } } },
};
function edited(change: (form: ContactForm) => void, of = card): Record<string, unknown> {
  const before = formOf(of);
  const after = structuredClone(before);
  change(after);
  return patchOf(before, after, of);
}
const job = (more: Partial<ReturnType<typeof newJob>>) => ({ ...newJob(), ...more });

it('reads each job with its title, and a title of no company by itself', () => {
  expect(formOf(card).jobs.map(({ company, department, title, role }) => [company, department, title, role])).toEqual([
    ['Acme', 'Top, Sub', 'Potter', ''], ['Beta, Inc', '', 'Head', 'Night watch'], ['', '', 'Poet', ''],
  ]);
  expect(edited(() => {})).toEqual({});
});
it('changes one part of one job, and keeps what a department says about itself', () => {
  expect(edited((form) => { form.jobs[1]!.title = 'Chief'; })).toEqual({ titles: { t: { name: 'Chief' } } });
  expect(edited((form) => { form.jobs[0]!.department = 'Top, New'; })).toEqual({ organizations: { a: { units: [{ name: 'Top', sortAs: 't' }, { name: 'New' }] } } });
  expect(edited((form) => { form.jobs[1]!.department = 'Search, Rescue'; })).toEqual({ organizations: { b: { units: [{ name: 'Search, Rescue' }] } } });
});
it('says where a title is held once there are several companies', () => {
  expect(edited((form) => { form.jobs.push(job({ company: 'Gamma', title: 'Adviser', role: 'Guide' })); })).toEqual({
    organizations: { n1: { name: 'Gamma' } }, titles: { n1: { name: 'Adviser', kind: 'title', organizationId: 'n1' }, n2: { name: 'Guide', kind: 'role', organizationId: 'n1' } },
  });
  expect(edited((form) => { form.jobs[2]!.company = 'Gamma'; })).toEqual({ organizations: { n1: { name: 'Gamma' } }, titles: { v: { organizationId: 'n1' } } });
  expect(edited((form) => { Object.assign(form.jobs[0]!, { company: 'Acme', title: 'Head' }); }, {})).toEqual({ organizations: { n1: { name: 'Acme' } }, titles: { n1: { name: 'Head', kind: 'title' } } });
});
it('takes a job out with everything held there, or its company alone', () => {
  expect(edited((form) => { form.jobs.splice(1, 1); })).toEqual({ organizations: { b: null }, titles: { t: null, r: null } });
  expect(edited((form) => { form.jobs[1]!.company = ''; })).toEqual({ organizations: { b: null }, titles: { t: { organizationId: null }, r: { organizationId: null } } });
});
it('edits the second of each nickname and note, and what few people have', () => {
  expect(edited((form) => {
    form.nicknames[1]!.value = 'Bobo';
    form.notes.push({ ...newLine(), value: 'Three' });
    form.notes.splice(0, 1);
  })).toEqual({ nicknames: { y: { name: 'Bobo' } }, notes: { m: null, n1: { note: 'Three' } } });
  expect(edited((form) => {
    form.pronouns[0]!.value = 'they/them';
    form.languages.push({ ...newLine(), value: 'el' });
    form.interests[0]!.label = 'hobby';
    form.services[0]!.label = 'work';
    form.dates[0]!.year = '2000';
  })).toEqual({
    speakToAs: { pronouns: { p: { pronouns: 'they/them' } } }, preferredLanguages: { n1: { language: 'el' } }, personalInfo: { i: { kind: 'hobby' } }, onlineServices: { s: { contexts: { work: true, private: null } } },
    anniversaries: { d: { date: { '@type': 'PartialDate', year: 2000 } } },
  });
});
it('tells gender in a word of the list or in own words, the letter beside them kept', () => {
  expect(formOf(card).gender).toBe('woman');
  expect(edited((form) => { form.gender = 'lady'; })).toEqual({ 'rolo:gender': { text: 'lady' } });
  expect(edited((form) => { form.gender = 'male'; })).toEqual({ 'rolo:gender': { sex: 'M', text: null } });
  expect(edited((form) => { form.gender = ''; })).toEqual({ 'rolo:gender': null });
});
