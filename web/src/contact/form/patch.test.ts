import { describe, expect, it } from 'vitest';
import type { Card } from '../card';
import { faultsOf, formOf, newLine, patchOf, type ContactForm } from '.';

const card: Card = {
  '@type': 'Card', version: '1.0',
  name: {
    full: 'Dr. Ann Lee', components: [{ kind: 'title', value: 'Dr.' }, { kind: 'given', value: 'Ann' }, { kind: 'generation', value: 'II' }, { kind: 'surname', value: 'Lee' }],
  },
  emails: { a: { address: 'ann@old.example', contexts: { work: true }, vCardParams: { 'x-odd': '1' } }, b: { address: 'ann@home', contexts: { private: true } } },
  phones: { p: { number: '+1 202 555 0110', features: { mobile: true, voice: true }, pref: 1 } },
  addresses: {
    h: { full: 'Gasse 2\nWien', countryCode: 'AT', components: [{ kind: 'name', value: 'Gasse 2' }, { kind: 'locality', value: 'Wien' }, { kind: 'landmark', value: 'Zoo' }, { kind: 'country', value: 'Austria' }] },
  },
  anniversaries: { w: { kind: 'wedding', date: { '@type': 'PartialDate', year: 2019 } }, z: { kind: 'birth', date: { '@type': 'PartialDate', month: 8, day: 20 } } },
  titles: { t: { kind: 'role', name: 'Goalkeeper' } },
  organizations: { o: { name: 'Acme', units: [{ name: 'Top' }, { name: 'Sub' }] } },
};

function edited(change: (form: ContactForm) => void): Record<string, unknown> {
  const before = formOf(card);
  const after = structuredClone(before);
  change(after);
  return patchOf(before, after, card);
}

describe('patchOf', () => {
  it('says nothing when nothing was changed', () => {
    expect(edited(() => {})).toEqual({});
  });
  it('touches one value of one member', () => {
    expect(edited((form) => { form.phones[0]!.value = '+1 202 555 0199'; })).toEqual({ phones: { p: { number: '+1 202 555 0199' } } });
  });
  it('keeps parts of the name it has no field for, and leaves the written-out name to the server', () => {
    expect(edited((form) => { form.surname = 'Roe'; form.prefix = ''; })).toEqual({
      name: { components: [{ kind: 'given', value: 'Ann' }, { kind: 'generation', value: 'II' }, { kind: 'surname', value: 'Roe' }] },
    });
  });
  it('adds, empties and removes lines', () => {
    expect(edited((form) => {
      form.emails[0]!.value = '';
      form.emails.push({ ...newLine('Front desk'), value: ' desk@acme.example ' });
    })).toEqual({ emails: { a: null, n1: { address: 'desk@acme.example', label: 'Front desk' } } });
    expect(edited((form) => { form.emails.pop(); })).toEqual({ emails: { b: null } });
  });
  it('changes a label to a word of the table and to own text, without losing what a label does not say', () => {
    expect(edited((form) => { form.phones[0]!.label = 'work fax'; })).toEqual({
      phones: { p: { contexts: { work: true }, features: { fax: true, mobile: null } } },
    });
    expect(edited((form) => { form.phones[0]!.label = 'Boat'; })).toEqual({ phones: { p: { features: { mobile: null }, label: 'Boat' } } });
    expect(edited((form) => { form.addresses[0]!.label = 'Boat house'; })).toEqual({ addresses: { h: { 'rolo:label': 'Boat house' } } });
  });
  it('drops the written-out address and the country’s code when the parts say something else', () => {
    expect(edited((form) => { form.addresses[0]!.country = 'Hungary'; })).toEqual({
      addresses: {
        h: {
          components: [{ kind: 'name', value: 'Gasse 2' }, { kind: 'locality', value: 'Wien' }, { kind: 'landmark', value: 'Zoo' }, { kind: 'country', value: 'Hungary' }],
          full: null, countryCode: null,
        },
      },
    });
  });
  it('gives a yearless birthday its year and takes it away, leaving the wedding alone', () => {
    expect(edited((form) => { form.year = '1984'; })).toEqual({ anniversaries: { z: { date: { '@type': 'PartialDate', day: 20, month: 8, year: 1984 } } } });
    expect(edited((form) => { form.day = ''; form.month = ''; })).toEqual({ anniversaries: { z: null } });
  });
  it('does not mistake a role for a title', () => {
    expect(edited((form) => { form.jobs[0]!.title = 'Potter'; })).toEqual({ titles: { n1: { name: 'Potter', kind: 'title' } } });
  });
  it('keeps lower departments', () => {
    expect(edited((form) => { form.jobs[0]!.department = 'New, Sub'; })).toEqual({ organizations: { o: { units: [{ name: 'New' }, { name: 'Sub' }] } } });
  });
  it('makes a card from nothing', () => {
    const before = formOf({});
    const after = structuredClone(before);
    Object.assign(after, { given: 'Åsa', day: '1', month: '2', fileAs: 'Asa' });
    after.jobs[0]!.company = 'Acme';
    after.notes[0]!.value = 'Hi';
    after.nicknames[0]!.value = 'Å';
    after.phones.push({ ...newLine('mobile'), value: '070' });
    expect(patchOf(before, after, {})).toEqual({
      name: { components: [{ kind: 'given', value: 'Åsa' }] }, organizations: { n1: { name: 'Acme' } }, phones: { n1: { number: '070', features: { mobile: true } } },
      anniversaries: { n1: { kind: 'birth', date: { '@type': 'PartialDate', day: 1, month: 2 } } }, nicknames: { n1: { name: 'Å' } }, notes: { n1: { note: 'Hi' } }, 'rolo:fileAs': 'Asa',
    });
  });
});

describe('faultsOf', () => {
  const faults = (change: (form: ContactForm) => void) => {
    const before = formOf(card);
    const after = structuredClone(before);
    change(after);
    return [...faultsOf(before, after).values()];
  };
  it('judges only what was changed: an odd address that came in is never in the way', () => {
    expect(faults((form) => { form.given = 'Anna'; })).toEqual([]);
    expect(faults((form) => { form.emails[1]!.value = 'ann@house'; })).toEqual(['mailDot']);
    expect(faults((form) => { form.emails[1]!.value = 'ann'; })).toEqual(['mailAt']);
  });
  it('knows which days exist', () => {
    expect(faults((form) => { form.day = '30'; form.month = '2'; })).toEqual(['noSuchDay']);
    expect(faults((form) => { form.day = '29'; form.month = '2'; })).toEqual([]);
    expect(faults((form) => { form.day = '29'; form.month = '2'; form.year = '1900'; })).toEqual(['noSuchDay']);
    expect(faults((form) => { form.day = '3'; form.month = ''; })).toEqual(['dayWithoutMonth']);
    expect(faults((form) => { form.year = '84'; })).toEqual(['noSuchYear']);
  });
  it('wants anything at all', () => {
    expect([...faultsOf(formOf({}), formOf({})).entries()]).toEqual([['name', 'nothing']]);
  });
});
