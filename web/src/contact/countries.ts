// Names of countries in the reader's language, from the browser; only asked for once a form is open.

export interface Country {
  code: string;
  name: string;
}

// ISO 3166-1, the codes in use.
const CODES = 'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'.split(' ');

const byLanguage = new Map<string, readonly Country[]>();

export function countriesIn(language: string): readonly Country[] {
  const known = byLanguage.get(language);
  if (known) return known;
  const names = new Intl.DisplayNames([language], { type: 'region' });
  const order = new Intl.Collator(language);
  const all = CODES.map((code) => ({ code, name: names.of(code) ?? code })).sort((a, b) => order.compare(a.name, b.name));
  byLanguage.set(language, all);
  return all;
}

/** The country somebody wrote: its code, or its name in the reader's language or in English. */
export function codeOf(text: string, language: string): string {
  const word = text.trim().toLowerCase();
  if (!word) return '';
  if (/^[a-z]{2}$/.test(word) && CODES.includes(word.toUpperCase())) return word.toUpperCase();
  for (const list of [countriesIn(language), countriesIn('en')]) {
    const found = list.find((country) => country.name.toLowerCase() === word);
    if (found) return found.code;
  }
  return '';
}
