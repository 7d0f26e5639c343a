//! What is typed, and what is meant by it.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Query {
    Query::parse(text, Some("US")).unwrap()
}

/// Each term as its readings: `ann*` is a beginning, `+` joins needles, `|` parts readings, quotes mark a phrase.
fn shown(terms: &[Term]) -> Vec<String> {
    let needle = |needle: &Needle| format!("{}{}", needle.token, if needle.prefix { "*" } else { "" });
    let reading = |reading: &Vec<Needle>| reading.iter().map(needle).collect::<Vec<_>>().join("+");
    terms
        .iter()
        .map(|term| {
            let text = term.readings.iter().map(reading).collect::<Vec<_>>().join("|");
            if term.together { format!("\"{text}\"") } else { text }
        })
        .collect()
}

fn terms(text: &str) -> Vec<String> {
    shown(&read(text).terms)
}

#[test]
fn words_are_found_by_their_beginning() {
    assert_eq!(terms("Joh  SMI"), ["joh*", "smi*"]);
    assert_eq!(terms("Müller"), ["muller*|mueller*"]);
    assert_eq!(terms("Anne-Marie"), ["anne*+marie*|annemarie*"]);
    assert_eq!(terms("O'Brien"), ["obrien*"]);
    assert_eq!(terms("Lee, Ann"), ["lee*", "ann*"]);
    assert!(read(" … ").is_empty());
}

#[test]
fn scripts_without_spaces_are_found_by_pairs() {
    assert_eq!(terms("田"), ["田"]);
    assert_eq!(terms("田中太"), ["田中+中太"]);
    assert_eq!(terms("タナカ"), ["たな+なか"]);
}

#[test]
fn a_phrase_is_whole_words_in_one_field() {
    assert_eq!(terms("\"Ann Lee\" bo"), ["\"ann+lee\"", "bo*"]);
    assert_eq!(terms("“Ann Lee”"), ["\"ann+lee\""]);
    assert_eq!(terms("\"Ann Le"), ["\"ann+le*\""], "still being typed");
    assert_eq!(terms("\"Müller\""), ["\"muller|mueller\""]);
    assert!(read("\"\" \"").is_empty());
}

#[test]
fn a_phone_number_in_any_notation() {
    for text in ["(202) 555", "202-555", "202.555", "202 555", "202/555", "٢٠٢ ٥٥٥"] {
        assert_eq!(terms(text), ["202555*"], "{text}");
    }
    assert_eq!(terms("0202555"), ["0202555*|202555*"]);
    assert_eq!(terms("+1 202"), ["1202*"]);
    assert_eq!(terms("0043 664"), ["0043664*|43664*"]);
    assert_eq!(terms("+44 (0)20 7946"), ["44207946*"]);
    assert_eq!(terms("202 555 0143"), ["2025550143*|12025550143*"]);
    assert_eq!(terms("ann 202 555"), ["ann*", "202555*"]);
}

#[test]
fn digits_are_also_words_when_no_number_fits() {
    let query = read("12 1010 Wien");
    assert_eq!(shown(&query.terms), ["121010*", "wien*"]);
    assert_eq!(shown(&query.apart), ["12*", "1010*", "wien*"]);
    assert!(read("1984").apart.is_empty(), "one word is found wherever a word is");
    assert!(read("ann lee").apart.is_empty());
}

#[test]
fn an_address_by_its_beginning() {
    assert_eq!(terms("Ann.Lee@Exam"), ["ann.lee@exam*|ann*+lee*+exam*"]);
    assert_eq!(terms("<ann@example.org>"), ["ann@example.org*|ann*+example*+org*"]);
    assert_eq!(terms("@example.org"), ["example*", "org*"]);
}

#[test]
fn filters_and_their_values() {
    let query = read("label:Family has:phone NO:Email book:\"At work\" ann label:“Old friends”");
    assert_eq!(
        query.filters,
        [
            Filter::Label("Family".into()),
            Filter::Has(Feature::Phone),
            Filter::No(Feature::Email),
            Filter::Book("At work".into()),
            Filter::Label("Old friends".into()),
        ]
    );
    assert_eq!(shown(&query.terms), ["ann*"]);
    for feature in Feature::ALL {
        assert_eq!(read(&format!("has:{}", feature.name())).filters, [Filter::Has(feature)]);
        assert_eq!(read(&format!("no:{}", feature.name())).filters, [Filter::No(feature)]);
    }
}

#[test]
fn a_filter_nobody_knows_is_text() {
    assert_eq!(terms("is:nice has:wings"), ["is*", "nice*", "has*", "wings*"]);
    assert_eq!(terms("https://example.org"), ["https*", "example*", "org*"]);
    assert!(read("label: has:").is_empty(), "nothing to filter by yet");
}

#[test]
fn too_much_is_refused_before_any_work() {
    assert!(Query::parse(&"é".repeat(QUERY_CHARS_MAX), None).is_ok());
    assert!(matches!(Query::parse(&"é".repeat(QUERY_CHARS_MAX + 1), None), Err(Error::Invalid { .. })));
    assert!(Query::parse(&"a ".repeat(QUERY_TERMS_MAX), None).is_ok());
    assert!(matches!(Query::parse(&"a ".repeat(QUERY_TERMS_MAX + 1), None), Err(Error::Invalid { .. })));
    assert!(matches!(Query::parse(&"a,".repeat(QUERY_TERMS_MAX + 1), None), Err(Error::Invalid { .. })));
    let needles: usize = terms(&"田中".repeat(400)).iter().map(|term| term.split('+').count()).sum();
    assert_eq!(needles, CJK_NEEDLES_MAX);
}

proptest! {
    #[test]
    fn anything_may_be_typed(text in r#"(\PC|[ "“”:+()0-9@-]|label:|has:|no:|book:){0,60}"#) {
        if let Ok(query) = Query::parse(&text, Some("AT")) {
            for term in query.terms.iter().chain(&query.apart) {
                prop_assert!(!term.readings.is_empty());
                prop_assert!(term.readings.iter().all(|reading| !reading.is_empty()));
                prop_assert!(term.readings.iter().flatten().all(|needle| !needle.token.is_empty()));
            }
        }
    }

    #[test]
    fn every_word_is_a_term(words in prop::collection::vec("[a-z]{1,8}", 0..20)) {
        let typed = read(&words.join(" "));
        prop_assert_eq!(typed.terms.len(), words.len());
    }
}
