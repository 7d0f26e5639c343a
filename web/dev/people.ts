// Invented people for the development mock: many scripts, long and short names, gaps on purpose.

type Card = Record<string, unknown>;
export interface Invented {
  id: string;
  book: string;
  kind: string;
  labels: string[];
  starred: boolean;
  card: Card;
}

const GIVEN = ['Adaeze', 'Aino', 'Beatriz', 'Claire', 'Dmitri', 'Emre', 'Farid', 'Greta', 'Hiro', 'Inès', 'João', 'Kwame', 'Lena', 'Marguerite', 'Noor', 'Olu', 'Priya', 'Quentin', 'Rosa', 'Søren', 'Tāne', 'Ulla', 'Vera', 'Wiremu', 'Ximena', 'Yara', 'Zoë'];
const FAMILY = ['Nwosu', 'Virtanen-Koskela', 'Monteiro da Costa', 'Pemberton', 'Haddad', 'Lindqvist', 'Ruatapu', 'Yıldırım', 'Toussaint', 'Wren', 'Paredes', 'Okafor', 'Ström', 'Müller'];
const COMPANY = ['Halden Oke', 'Norrsken', 'Palmyard', 'Sơn Ca', 'Mar de Alma', 'Gefen', 'St Brendan’s', 'Amberline'];
const TITLE = ['Architect', 'Founder', 'Potter', 'Translator', 'Cardiologist', 'Product lead'];
const FIXED: [string, string, string?, string?][] = [
  ['Amara', 'Okonjo', 'Architect', 'Halden Oke'], ['Astrid', 'Lindqvist', 'Creative director', 'Norrsken'], ['美咲', '高橋', '編集者', '青空出版'],
  ['Олена', 'Ананьєва', 'Translator'], ['Bảo Trâm', 'Lê', 'Product lead', 'Sơn Ca'], ['דנה', 'לוי־שפירא', 'Winemaker', 'Gefen'],
  ['آمال', 'الكيلاني'], ['प्रिया', 'शर्मा'], ['민준', '김'], ['Σοφία', 'Παπαδοπούλου'], ['สมชาย', 'ใจดี'], ['Անի', 'Պետրոսյան'], ['ნინო', 'ბერიძე'],
  ['Wolfeschlegelsteinhausenbergerdorff', 'Featherstonehaugh-Cholmondeley-Marjoribanks'],
];

export const LABELS = ['Clients', 'Climbing', 'Family', 'Friends', 'Studio'].map((name, at) => ({ id: `01980000-0000-7000-9000-00000000000${at}`, book: 'b1', name }));
export const BOOKS = [{ id: 'b1', name: 'Personal', access: 'manage' }];

export function invent(count: number): Invented[] {
  const people: Invented[] = [];
  for (let n = 0; n < count; n += 1) {
    const fixed = FIXED[n];
    const [given, family, title, company] = fixed ?? [
      GIVEN[(n * 7) % GIVEN.length]!, FAMILY[(n * 5 + Math.floor(n / 27)) % FAMILY.length]!,
      n % 3 ? TITLE[n % TITLE.length] : undefined, n % 4 ? COMPANY[n % COMPANY.length] : undefined,
    ];
    const handle = `person${n}`;
    const card: Card = {
      '@type': 'Card', version: '1.0',
      name: { components: [{ kind: 'given', value: given }, { kind: 'surname', value: family }], full: `${given} ${family}` },
    };
    if (n % 7 !== 6) card.emails = { e1: { address: `${handle}@haldenoke.example`, contexts: { work: true } } };
    if (n % 5 !== 4) card.phones = { p1: { number: `+353 91 555 ${String(1000 + n).slice(-4)}`, features: { mobile: true }, pref: 1 } };
    if (company) card.organizations = { o1: { name: company } };
    if (title) card.titles = { t1: { kind: 'title', name: title } };
    if (n === 0) Object.assign(card, rich());
    people.push({
      id: `01980000-${String(n % 9999).padStart(4, '0')}-7000-8000-${String(n * 7919).padStart(12, '0')}`, book: 'b1', kind: 'individual', starred: n < 3,
      labels: n % 6 === 5 ? [] : n % 5 === 0 ? [LABELS[0]!.id, LABELS[3]!.id] : [LABELS[n % 5]!.id], card,
    });
  }
  return people;
}

function rich(): Card {
  return {
    name: {
      components: [
        { kind: 'title', value: 'Dr.' }, { kind: 'given', value: 'Amara', phonetic: 'ah-MAH-rah' }, { kind: 'surname', value: 'Okonjo-Reyes' },
      ],
      full: 'Dr. Amara Okonjo-Reyes',
    },
    organizations: { o1: { name: 'Halden Oke Studio', units: [{ name: 'Timber & reuse' }] } },
    titles: { t1: { kind: 'title', name: 'Principal architect' } },
    nicknames: { n1: { name: 'Ama' } },
    emails: {
      e1: { address: 'amara@haldenoke.example', contexts: { work: true } },
      e2: { address: 'amara.okonjo@postbox.example', contexts: { private: true } },
    },
    phones: {
      p1: { number: '+353 91 555 0142', features: { mobile: true }, pref: 1 },
      p2: { number: '+353 1 555 0190 ext. 24', contexts: { work: true } },
    },
    onlineServices: { s1: { service: 'Matrix', user: '@amara:haldenoke.example' } },
    links: { l1: { uri: 'https://haldenoke.example/amara', label: 'Portfolio' } },
    addresses: {
      a1: {
        contexts: { work: true },
        components: [
          { kind: 'name', value: '14 Harbour Street' }, { kind: 'apartment', value: '2nd floor' }, { kind: 'locality', value: 'Galway' },
          { kind: 'postcode', value: 'H91 X0X0' }, { kind: 'country', value: 'Ireland' },
        ],
      },
    },
    anniversaries: {
      b: { kind: 'birth', date: { '@type': 'PartialDate', year: 1986, month: 4, day: 23 } },
      w: { kind: 'wedding', date: { '@type': 'PartialDate', year: 2019, month: 6, day: 14 } },
    },
    relatedTo: { 'Mateo Reyes': { relation: { spouse: true } }, 'Ifeoma Okonjo': { relation: { parent: true }, 'rolo:label': 'mother' } },
    'rolo:customFields': { c1: { label: 'Locker', value: 'B-217' } },
    notes: { n1: { note: 'Met at the timber-frame workshop in Bergen. Prefers calls before ten. Allergic to walnuts.\nThe courtyard drawings are in the spring folder.' } },
  };
}
