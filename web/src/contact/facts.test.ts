import { describe, expect, it } from 'vitest';
import { callLink, factsOf, mailLink, mapsOf, nextTime, wayTo, webLink } from './facts';

describe('links', () => {
  it('are made of web addresses only', () => {
    expect(webLink('https://a.example/b')).toBe('https://a.example/b');
    expect(webLink('haldenoke.example/amara')).toBe('https://haldenoke.example/amara');
    for (const hostile of ['javascript:alert(1)', ' JaVaScRiPt:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x', 'java\nscript:alert(1)', 'just words'])
      expect(webLink(hostile)).toBeUndefined();
  });
  it('dial what stands before the extension', () => {
    expect(callLink('+353 1 555 0190 ext. 24')).toBe('tel:+35315550190');
    expect(callLink('(202) 555-0143,,12', 'sms')).toBe('sms:2025550143');
    expect(callLink('call me')).toBeUndefined();
  });
  it('cannot smuggle headers into a mail', () => {
    expect(mailLink('ann@x.example')).toBe('mailto:ann@x.example');
    expect(mailLink('ann@x.example?bcc=eve@y.example')).toBe('mailto:ann@x.example%3Fbcc%3Deve@y.example');
    expect(mailLink('<b>')).toBeUndefined();
  });
});

describe('directions', () => {
  it('go to the phone’s own maps app, and to a page of the web elsewhere', () => {
    const agents = ['Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'];
    expect(agents.map((agent) => wayTo(['Quay 1', 'Cork'], mapsOf(agent)))).toEqual(['geo:0,0?q=Quay%201%2C%20Cork', 'maps://?daddr=Quay%201%2C%20Cork', 'https://www.openstreetmap.org/directions?to=Quay%201%2C%20Cork']);
    expect(wayTo([])).toBeUndefined();
  });
});

describe('facts', () => {
  it('shows an address by its parts, or as it was written', () => {
    const lines = (member: object) => factsOf({ addresses: { a: member } }).addresses[0]?.lines;
    expect(lines({ components: [{ kind: 'name', value: '14 Harbour Street' }, { kind: 'locality', value: 'Galway' }, { kind: 'postcode', value: 'H91' }] })).toEqual(['14 Harbour Street', 'Galway H91']);
    expect(lines({ full: 'A\nB' })).toEqual(['A', 'B']);
    expect(lines({})).toBeUndefined();
  });
  it('tells every job: the first beside the name, the others whole', () => {
    const card = { organizations: { a: { name: 'Acme', units: [{ name: 'Clay' }] }, b: { name: 'Beta' } }, titles: { t: { name: 'Potter' }, u: { name: 'Head', organizationId: 'b' }, r: { name: 'Guide', kind: 'role', organizationId: 'b' } } };
    expect(factsOf(card).more.map(({ value, label }) => [value, label])).toEqual([['Clay', 'department'], ['Head, Beta', 'company'], ['Guide', 'role']]);
  });
  it('survives members of the wrong shape', () => {
    expect(factsOf({ emails: 'x', phones: [1], notes: { a: null }, addresses: { a: { components: [null] } } }).reach).toEqual([]);
  });
});

describe('nextTime', () => {
  const today = { year: 2026, month: 11, day: 21 };
  it('counts days to the next birthday', () => {
    expect(nextTime({ year: 1986, month: 4, day: 23 }, today)).toEqual({ days: 153, turns: 41 });
    expect(nextTime({ month: 11, day: 21 }, today)).toEqual({ days: 0, turns: null });
    expect(nextTime({ year: 1986 }, today)).toBeNull();
  });
});
