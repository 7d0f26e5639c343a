//! Generated people: the same for the same number, with common names, rare ones, and the scripts Rolo's users write in.

use serde_json::{Value, json};

const GIVEN: [&str; 48] = [
    "John",
    "Mary",
    "José",
    "María",
    "Matthew",
    "Elizabeth",
    "Jennifer",
    "Joseph",
    "Žofie",
    "Łukasz",
    "Jürgen",
    "Zoë",
    "François",
    "Søren",
    "Nguyễn",
    "Þóra",
    "Ann",
    "Marcus",
    "Marta",
    "Jan",
    "Иван",
    "Мария",
    "Алёна",
    "Γιώργος",
    "Ελένη",
    "محمد",
    "فاطمة",
    "أحمد",
    "דוד",
    "שרה",
    "太郎",
    "花子",
    "小明",
    "伟",
    "민준",
    "서연",
    "สมชาย",
    "कृष्ण",
    "प्रिया",
    "அனிதா",
    "অনুপম",
    "አበበ",
    "ნინო",
    "Արամ",
    "Johanna",
    "Marie-Claire",
    "D'Angelo",
    "Oluwaseun",
];
const FAMILY: [&str; 40] = [
    "Smith",
    "Johnson",
    "Garcia",
    "González",
    "Müller",
    "Schmidt",
    "Nowak",
    "Novák",
    "Jensen",
    "O’Brien",
    "Silva",
    "Rossi",
    "Martin",
    "Lee",
    "Kim",
    "Иванов",
    "Ёлкин",
    "Παπαδόπουλος",
    "أحمد",
    "الرحمن",
    "כהן",
    "田中",
    "山田",
    "佐藤",
    "王",
    "李",
    "陈",
    "김",
    "이",
    "ใจดี",
    "कुमार",
    "शर्मा",
    "தேவி",
    "রায়",
    "Tesfaye",
    "Kapanadze",
    "Խաչատրյան",
    "Adeyemi",
    "van der Berg",
    "Lüdenscheidt",
];
const SYLLABLES: [&str; 24] = [
    "ba", "ri", "ko", "lan", "mer", "sti", "dov", "nak", "tel", "hu", "gar", "zin", "po", "wex", "jal", "fen", "cru",
    "mi", "ost", "ul", "yav", "eck", "son", "dal",
];
const COMPANIES: [&str; 12] = [
    "Bluebird Bakery",
    "Acme Ltd",
    "Sample GmbH",
    "株式会社サンプル",
    "Exemplo S.A.",
    "North Church",
    "Green Garden",
    "River Bank",
    "Ромашка",
    "Blue Sky Inc",
    "Joh & Co",
    "Marble Works",
];
const CITIES: [&str; 8] = ["Wien", "Springfield", "東京", "México", "Kraków", "Москва", "القاهرة", "Lyon"];

/// SplitMix64: small, and spread well enough for names.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

/// The `n`-th person.
pub(super) fn person(n: usize) -> Value {
    let mut dice = Dice(n as u64);
    let given = dice.one(&GIVEN);
    let family = if dice.roll(3) == 0 { rare(&mut dice) } else { dice.one(&FAMILY).to_owned() };
    let mut card = json!({"name": {
        "full": format!("{given} {family}"),
        "components": [{"kind": "given", "value": given}, {"kind": "surname", "value": family}],
    }});
    if dice.roll(5) > 0 {
        let number = format!("+1 (202) 555-{:04}", dice.roll(10_000));
        let other = format!("+{} {} {:07}", [43, 44, 49, 81][dice.roll(4)], 600 + dice.roll(99), dice.roll(10_000_000));
        card["phones"] = json!({"a": {"number": number}, "b": {"number": other}});
    }
    if dice.roll(5) > 1 {
        card["emails"] = json!({"a": {"address": format!("person{n}.{}@example.org", dice.one(&SYLLABLES))}});
    }
    if dice.roll(3) == 0 {
        card["organizations"] = json!({"a": {"name": dice.one(&COMPANIES)}});
    }
    if dice.roll(3) == 0 {
        let street = format!("{} {}", rare(&mut dice), 1 + dice.roll(200));
        card["addresses"] =
            json!({"a": {"full": format!("{street}, {} {}", 1_000 + dice.roll(9_000), dice.one(&CITIES))}});
    }
    if dice.roll(4) == 0 {
        card["notes"] = json!({"a": {"note": format!("met at {} with {}", rare(&mut dice), dice.one(&GIVEN))}});
    }
    card
}

/// A surname few people share.
fn rare(dice: &mut Dice) -> String {
    let word: String = (0..3).map(|_| dice.one(&SYLLABLES)).collect();
    word[..1].to_uppercase() + &word[1..]
}

/// All text of a card, in one line.
pub(super) fn text(card: &Value) -> String {
    match card {
        Value::String(text) => format!("{text} "),
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(members) => {
            members.iter().filter(|(name, _)| *name != "components").map(|(_, value)| text(value)).collect()
        }
        _ => String::new(),
    }
}
