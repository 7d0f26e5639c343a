// Phone numbers while they are typed: grouped as in their country, and the country in front of them. The rules of the
// world’s numbers are a library’s, fetched when a form first needs them, and by the next form when that failed; without
// them a number is plain text.

export interface Numbers {
  /** Countries with their calling code, in no order. */
  countries: readonly { code: string; calling: string }[];
  /** The number grouped as its country does; text that is no plain number stays as it is. */
  grouped: (typed: string, region: string) => string;
  /** The country a number belongs to; `region` for one without its own. */
  countryOf: (typed: string, region: string) => string;
  /** The number with the calling code of another country in front. */
  moved: (typed: string, from: string, to: string) => string;
}

/** Extensions, pauses and words make it more than a number: those are left as typed. */
const PLAIN = /^\+?[\d\s().\-/]*$/;

let numbers: Promise<Numbers> | undefined;
export function loadNumbers(): Promise<Numbers> {
  numbers ??= import('libphonenumber-js/min').then(({ AsYouType, getCountries, getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString }): Numbers => {
    type Country = ReturnType<typeof getCountries>[number];
    const known = (code: string): Country | undefined => (isSupportedCountry(code) ? (code as Country) : undefined);
    const typing = (typed: string, region: string) => {
      const typer = new AsYouType(known(region));
      return { text: typer.input(typed), typer };
    };
    return {
      countries: getCountries().map((code) => ({ code, calling: getCountryCallingCode(code) })),
      grouped: (typed, region) => (PLAIN.test(typed) ? typing(typed.trim(), region).text : typed),
      countryOf: (typed, region) => {
        const digits = typed.replace(/[^\d+]/g, '');
        if (!digits.startsWith('+')) return region;
        const { typer } = typing(digits, region);
        const calling = typer.getCallingCode();
        if (!calling) return '';
        return typer.getCountry() ?? getCountries().find((code) => getCountryCallingCode(code) === calling) ?? '';
      },
      moved: (typed, from, to) => {
        const target = known(to);
        if (!target) return typed;
        const national = parsePhoneNumberFromString(typed, known(from))?.nationalNumber ?? typed.replace(/^\s*\+\d*/, '').replace(/\D/g, '').replace(/^0/, '');
        return typing(`+${getCountryCallingCode(target)}${national}`, to).text + (national ? '' : ' ');
      },
    };
  });
  numbers.catch(() => (numbers = undefined));
  return numbers;
}
