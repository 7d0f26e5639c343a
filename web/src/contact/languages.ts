// Languages people speak, by the names they have in the reader's language; any other tag may be typed.
const TAGS = (
  'ar bg bn ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km ko lo lt lv mk ml mn mr ms mt my nb ne nl nn pa pl pt ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi yo zh zu'
).split(' ');

/** What a language is called in the reader's. */
export function languageNames(language: string): (tag: string) => string {
  const names = new Intl.DisplayNames([language], { type: 'language', fallback: 'code' });
  return (tag) => {
    try {
      return names.of(tag) ?? tag;
    } catch {
      // Cards say all sorts of things there; what is no tag stays as it was written.
      return tag;
    }
  };
}

export function languagesIn(language: string): { value: string; title: string }[] {
  const name = languageNames(language);
  const order = new Intl.Collator(language);
  return TAGS.map((value) => ({ value, title: name(value) })).sort((a, b) => order.compare(a.title, b.title));
}
