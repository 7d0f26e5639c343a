//! Invented people: realistic contacts in twenty scripts and locales, the same for the same number.
//!
//! For `rolo seed`, benchmarks and tests. No real person is meant; addresses end in `.example`, numbers come from ranges
//! kept free for fiction where there are any.

mod locale;

use crate::card::model::{
    Address, AddressComponent, Anniversary, CustomField, Date, EmailAddress, Model, Name, NameComponent, Note, OrgUnit,
    Organization, Phone, Relation, Resource, Set, Title,
};

use self::locale::{LOCALES, Locale};

const LABELS: &[&str] =
    &["Family", "Friends", "Clients", "Climbing", "Studio", "Neighbours", "Choir", "Suppliers", "Press", "School"];
const NOTES: &[&str] = &[
    "Met at the harbour fair, knows everybody.",
    "Allergic to nuts.\nCall after six.",
    "Prefers mail; \"never\" before ten, he says.",
    "Gate code 4711; the dog is friendly",
    "Introduced by the neighbours in 2019, owes us a ladder.",
    "Türcode 22#; 2. Stock links",
];

/// An endless row of people.
#[derive(Clone, Debug)]
pub struct People {
    dice: Dice,
    made: u64,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Person {
    /// The card's model, with its kind.
    pub model: Model,
    /// The names of its labels.
    pub labels: Vec<&'static str>,
    /// Whether it carries a star.
    pub starred: bool,
}

impl People {
    /// The row that belongs to this number.
    pub fn seeded(seed: u64) -> Self {
        Self { dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x524f_4c4f), made: 0 }
    }
}

impl Iterator for People {
    type Item = Person;

    fn next(&mut self) -> Option<Person> {
        let dice = &mut self.dice;
        let locale = dice.one_of(LOCALES);
        self.made += 1;
        let model = if dice.percent(4) { company(dice, locale, self.made) } else { person(dice, locale, self.made) };
        let labels = (0..dice.below(3)).map(|_| *dice.one_of(LABELS)).collect::<indexmap::IndexSet<_>>();
        let labels: Vec<_> = if dice.percent(45) { labels.into_iter().collect() } else { Vec::new() };
        Some(Person { model, labels, starred: dice.percent(1) })
    }
}

fn person(dice: &mut Dice, locale: &Locale, number: u64) -> Model {
    let mut model = Model { name: Some(name(dice, locale)), ..Model::default() };
    let address = format!(
        "{}{number}@{}",
        dice.one_of(&["mail.", "contact", "p", "hello."]),
        dice.one_of(&["norrsken.example", "haldenoke.example", "kuusi.example", "aozora.example", "post.example"])
    );
    if dice.percent(88) {
        model.emails.insert("e1".into(), EmailAddress { address, contexts: context(dice), ..Default::default() });
    }
    if dice.percent(15) {
        let address = format!("office{number}@work.example");
        model.emails.insert(
            "e2".into(),
            EmailAddress { address, contexts: set("work"), pref: dice.percent(30).then_some(1), ..Default::default() },
        );
    }
    phones(dice, locale, &mut model);
    if dice.percent(40) {
        let units =
            if dice.percent(25) { vec![OrgUnit { name: "R&D".into(), ..Default::default() }] } else { Vec::new() };
        model.organizations.insert(
            "o1".into(),
            Organization { name: Some(word(dice, locale.companies)), units, ..Default::default() },
        );
        model.titles.insert("t1".into(), Title { name: word(dice, locale.titles), ..Default::default() });
    }
    if dice.percent(35) {
        model.addresses.insert("a1".into(), address_in(dice, locale));
    }
    if dice.percent(30) {
        let (year, month, day) = (
            dice.percent(75).then(|| 1935 + dice.below(80) as u32),
            1 + dice.below(12) as u32,
            1 + dice.below(28) as u32,
        );
        let date = Date { year, month: Some(month), day: Some(day), ..Default::default() };
        model
            .anniversaries
            .insert("b1".into(), Anniversary { kind: "birth".into(), date: Some(date), ..Default::default() });
    }
    rare(dice, locale, number, &mut model);
    model
}

/// What only some cards have.
fn rare(dice: &mut Dice, locale: &Locale, number: u64, model: &mut Model) {
    if dice.percent(12) {
        model.notes.insert("n1".into(), Note { note: (*dice.one_of(NOTES)).into(), ..Default::default() });
    }
    if dice.percent(6) {
        model
            .links
            .insert("l1".into(), Resource { uri: format!("https://people.example/{number}"), ..Default::default() });
    }
    if dice.percent(5) {
        model.custom_fields.insert(
            "c1".into(),
            CustomField { label: "Locker".into(), value: format!("B-{}", dice.below(900)), ..Default::default() },
        );
    }
    if dice.percent(4) {
        let name = word(dice, locale.given);
        let vcard_params = [("value".to_owned(), "text".into())].into_iter().collect();
        model.related_to.insert(name, Relation { relation: set("spouse"), vcard_params, ..Default::default() });
    }
}

fn company(dice: &mut Dice, locale: &Locale, number: u64) -> Model {
    let mut model = Model { kind: Some("org".into()), ..Model::default() };
    model.organizations.insert(
        "o1".into(),
        Organization { name: Some(format!("{} {number}", word(dice, locale.companies))), ..Default::default() },
    );
    model.emails.insert(
        "e1".into(),
        EmailAddress { address: format!("info{number}@firm.example"), contexts: set("work"), ..Default::default() },
    );
    phones(dice, locale, &mut model);
    model.addresses.insert("a1".into(), address_in(dice, locale));
    model
}

fn name(dice: &mut Dice, locale: &Locale) -> Name {
    let (given, given_phonetic) = pair(dice, locale.given, locale.given_phonetic);
    let (family, family_phonetic) = pair(dice, locale.family, locale.family_phonetic);
    let part = |kind: &str, value: String, phonetic| NameComponent {
        kind: kind.into(),
        value,
        phonetic,
        ..Default::default()
    };
    let full = if locale.family_first { format!("{family} {given}") } else { format!("{given} {family}") };
    let phonetic_script = given_phonetic.is_some().then(|| "Hira".to_owned());
    let mut components = Vec::new();
    let mut shown = full;
    if dice.percent(3) {
        components.push(part("title", "Dr.".into(), None));
        shown = format!("Dr. {shown}");
    }
    components.push(part("given", given, given_phonetic));
    if !locale.family_first && dice.percent(20) {
        let middle = word(dice, locale.given);
        shown = shown.replacen(' ', &format!(" {middle} "), if shown.starts_with("Dr.") { 0 } else { 1 });
        if shown.contains(&middle) {
            components.push(part("given2", middle, None));
        }
    }
    components.push(part("surname", family, family_phonetic));
    Name { components, full: Some(shown), phonetic_script, ..Default::default() }
}

fn phones(dice: &mut Dice, locale: &Locale, model: &mut Model) {
    if dice.percent(75) {
        let number = number(dice, locale.mobile);
        model.phones.insert("p1".into(), Phone { number, features: set("mobile"), ..Default::default() });
    }
    if dice.percent(25) {
        let number = number(dice, locale.land);
        let label = dice.percent(15).then(|| "Boat".to_owned());
        let contexts = if label.is_none() { set("work") } else { Set::new() };
        model.phones.insert("p2".into(), Phone { number, contexts, label, ..Default::default() });
    }
}

fn address_in(dice: &mut Dice, locale: &Locale) -> Address {
    let city = word(dice, locale.cities);
    let (city, postcode) = city.split_once(':').unwrap_or((&city, ""));
    let street = format!("{} {}", word(dice, locale.streets), 1 + dice.below(180));
    let part =
        |kind: &str, value: &str| AddressComponent { kind: kind.into(), value: value.into(), ..Default::default() };
    let components = vec![
        part("name", &street),
        part("locality", city),
        part("postcode", postcode),
        part("country", locale.country),
    ];
    Address { components, country_code: Some(locale.region.into()), contexts: context(dice), ..Default::default() }
}

fn context(dice: &mut Dice) -> Set {
    match dice.below(3) {
        0 => set("work"),
        1 => Set::new(),
        _ => set("private"),
    }
}

fn set(word: &str) -> Set {
    Set::from([(word.to_owned(), true)])
}

fn word(dice: &mut Dice, words: &str) -> String {
    let words: Vec<_> = words.split(' ').collect();
    dice.one_of(&words).replace('_', " ")
}

/// A word and how it is read, where that is known.
fn pair(dice: &mut Dice, words: &str, read: &str) -> (String, Option<String>) {
    let words: Vec<_> = words.split(' ').collect();
    let at = dice.below(words.len() as u64) as usize;
    let phonetic = read.split(' ').nth(at).filter(|read| !read.is_empty());
    (words[at].replace('_', " "), phonetic.map(str::to_owned))
}

fn number(dice: &mut Dice, patterns: &str) -> String {
    word(dice, patterns)
        .chars()
        .map(|sign| if sign == '#' { char::from(b'0' + dice.below(10) as u8) } else { sign })
        .collect()
}

/// A small generator of numbers (SplitMix64): the same row on every machine, and good enough for names.
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_invents_the_same_people() {
        let row = |seed| People::seeded(seed).take(500).map(|person| person.model).collect::<Vec<_>>();
        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
    }

    #[test]
    fn people_come_from_twenty_places_and_have_something_to_find_them_by() {
        let people: Vec<_> = People::seeded(1).take(3_000).collect();
        let countries = people
            .iter()
            .flat_map(|person| person.model.addresses.values())
            .filter_map(|address| address.country_code.as_deref());
        assert!(countries.collect::<std::collections::BTreeSet<_>>().len() >= 20);
        for person in &people {
            assert!(person.model.name.is_some() || !person.model.organizations.is_empty());
        }
        assert!(people.iter().any(|person| person.model.kind.as_deref() == Some("org")));
        assert!(people.iter().any(|person| person.starred) && people.iter().any(|person| person.labels.len() > 1));
    }
}
