//! Labels and types: what `TYPE=`, `X-ABLabel` and Apple's `_$!<…>!$_` mean, and which of them says a label.
//!
//! The tables are `docs/card-map` §2 as data. A *word* is a label of the table (shown translated); any other text is the
//! user's own, kept in its case.

use std::borrow::Cow;

use super::{Version, model::Set};

/// The kinds of property that carry labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Labelled {
    Phone,
    Email,
    Address,
    Link,
    /// Contexts alone have meaning: services, nicknames, organizations, languages.
    Plain,
}

/// What types and label text of a property say together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) contexts: Set,
    pub(crate) features: Set,
    pub(crate) label: Option<String>,
}

/// How a property says a meaning: TYPE values (upper-case, `x-` ones lower) and the text of X-ABLabel.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Carriers {
    pub(crate) types: Vec<&'static str>,
    pub(crate) text: Option<String>,
}

enum Says {
    Context(&'static str),
    Feature(&'static str),
    Label(&'static str),
    FeatureAndLabel(&'static str, &'static str),
}
use Says::{Context, Feature, FeatureAndLabel, Label};

/// TYPE values with a meaning, by kind. The first spelling of a meaning is the one written.
fn atoms(kind: Labelled) -> &'static [(&'static str, Says)] {
    const PHONE: &[(&str, Says)] = &[
        ("HOME", Context("private")),
        ("WORK", Context("work")),
        ("CELL", Feature("mobile")),
        ("FAX", Feature("fax")),
        ("PAGER", Feature("pager")),
        ("MAIN", Feature("main-number")),
        ("MAIN-NUMBER", Feature("main-number")),
        ("TEXT", Feature("text")),
        ("VIDEO", Feature("video")),
        ("TEXTPHONE", Feature("textphone")),
        ("TTY-TDD", Feature("textphone")),
        ("MOBILE", Feature("mobile")),
        ("IPHONE", FeatureAndLabel("mobile", "iPhone")),
        ("CAR", Label("car")),
        ("ISDN", Label("isdn")),
        ("x-radio", Label("radio")),
        ("x-callback", Label("callback")),
        ("x-assistant", Label("assistant")),
        ("x-company_main", Label("company main")),
        ("x-mms", Label("mms")),
        ("TLX", Label("telex")),
        ("OTHER", Label("other")),
        ("GRAND_CENTRAL", Label("Google Voice")),
    ];
    const EMAIL: &[(&str, Says)] = &[
        ("HOME", Context("private")),
        ("WORK", Context("work")),
        ("OTHER", Label("other")),
        ("x-mobile", Label("mobile")),
    ];
    const ADDRESS: &[(&str, Says)] = &[
        ("HOME", Context("private")),
        ("WORK", Context("work")),
        ("BILLING", Context("billing")),
        ("DELIVERY", Context("delivery")),
        ("OTHER", Label("other")),
    ];
    const LINK: &[(&str, Says)] = &[
        ("HOME", Context("private")),
        ("WORK", Context("work")),
        ("x-homepage", Label("home page")),
        ("HOMEPAGE", Label("home page")),
        ("x-profile", Label("profile")),
        ("PROFILE", Label("profile")),
        ("x-blog", Label("blog")),
        ("BLOG", Label("blog")),
        ("x-ftp", Label("ftp")),
        ("FTP", Label("ftp")),
        ("RESERVATIONS", Label("reservations")),
        ("OTHER", Label("other")),
    ];
    const PLAIN: &[(&str, Says)] = &[("HOME", Context("private")), ("WORK", Context("work"))];
    match kind {
        Labelled::Phone => PHONE,
        Labelled::Email => EMAIL,
        Labelled::Address => ADDRESS,
        Labelled::Link => LINK,
        Labelled::Plain => PLAIN,
    }
}

/// Types without a meaning of their own: never shown, never removed.
const SILENT: &[&str] =
    &["VOICE", "INTERNET", "MSG", "DOM", "INTL", "POSTAL", "PARCEL", "X400", "PREF", "PCS", "BBS", "MODEM"];

/// A word of the label table: context, features and label it stands for, and Apple's spelling inside `_$!<>!$_`.
struct Word {
    word: &'static str,
    apple: &'static str,
    context: &'static str,
    feature: &'static str,
    label: &'static str,
}

const fn word(
    word: &'static str,
    apple: &'static str,
    context: &'static str,
    feature: &'static str,
    label: &'static str,
) -> Word {
    Word { word, apple, context, feature, label }
}

fn words(kind: Labelled) -> &'static [Word] {
    const PHONE: &[Word] = &[
        word("mobile", "Mobile", "", "mobile", ""),
        word("home", "Home", "private", "", ""),
        word("work", "Work", "work", "", ""),
        word("main", "Main", "", "main-number", ""),
        word("home fax", "HomeFAX", "private", "fax", ""),
        word("work fax", "WorkFAX", "work", "fax", ""),
        word("other fax", "OtherFAX", "", "fax", "other"),
        word("pager", "Pager", "", "pager", ""),
        word("work pager", "", "work", "pager", ""),
        word("work mobile", "", "work", "mobile", ""),
        word("home mobile", "", "private", "mobile", ""),
        word("tty", "", "", "textphone", ""),
        word("iphone", "", "", "mobile", "iPhone"),
        word("google voice", "", "", "", "Google Voice"),
        word("car", "", "", "", "car"),
        word("isdn", "", "", "", "isdn"),
        word("telex", "", "", "", "telex"),
        word("radio", "", "", "", "radio"),
        word("callback", "", "", "", "callback"),
        word("assistant", "", "", "", "assistant"),
        word("company main", "", "", "", "company main"),
        word("mms", "", "", "", "mms"),
        word("other", "Other", "", "", "other"),
    ];
    const EMAIL: &[Word] = &[
        word("home", "Home", "private", "", ""),
        word("work", "Work", "work", "", ""),
        word("other", "Other", "", "", "other"),
        word("mobile", "", "", "", "mobile"),
        word("school", "School", "", "", "school"),
    ];
    const ADDRESS: &[Word] = &[
        word("home", "Home", "private", "", ""),
        word("work", "Work", "work", "", ""),
        word("billing", "", "billing", "", ""),
        word("delivery", "", "delivery", "", ""),
        word("other", "Other", "", "", "other"),
    ];
    const LINK: &[Word] = &[
        word("home page", "HomePage", "", "", "home page"),
        word("homepage", "", "", "", "home page"),
        word("profile", "", "", "", "profile"),
        word("blog", "", "", "", "blog"),
        word("ftp", "", "", "", "ftp"),
        word("reservations", "", "", "", "reservations"),
        word("home", "Home", "private", "", ""),
        word("work", "Work", "work", "", ""),
        word("other", "Other", "", "", "other"),
    ];
    const PLAIN: &[Word] = &[
        word("home", "Home", "private", "", ""),
        word("work", "Work", "work", "", ""),
        word("other", "Other", "", "", "other"),
    ];
    match kind {
        Labelled::Phone => PHONE,
        Labelled::Email => EMAIL,
        Labelled::Address => ADDRESS,
        Labelled::Link => LINK,
        Labelled::Plain => PLAIN,
    }
}

/// The text of a label: trimmed, on one line, out of Apple's brackets. Empty is none.
pub(crate) fn text(written: &str) -> Option<Cow<'_, str>> {
    let trimmed = written.trim();
    let inner = trimmed.strip_prefix("_$!<").and_then(|rest| rest.strip_suffix(">!$_")).unwrap_or(trimmed).trim();
    (!inner.is_empty()).then(|| super::text::one_line(inner))
}

pub(crate) fn same_word(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

pub(super) fn on(set: &mut Set, word: &str) {
    if !word.is_empty() {
        set.insert(word.to_owned(), true);
    }
}

/// What a label text says, on top of what the types said.
fn apply(kind: Labelled, meaning: &mut Meaning, written: &str) {
    let Some(text) = text(written) else { return };
    let found = words(kind)
        .iter()
        .find(|word| same_word(word.word, &text) || !word.apple.is_empty() && same_word(word.apple, &text));
    let Some(word) = found else {
        meaning.label = Some(text.into_owned());
        return;
    };
    if matches!(word.context, "private" | "work") {
        meaning.contexts.retain(|context, _| !matches!(context.as_str(), "private" | "work"));
    }
    if !word.feature.is_empty() {
        meaning.features.clear();
    }
    on(&mut meaning.contexts, word.context);
    on(&mut meaning.features, word.feature);
    meaning.label = (!word.label.is_empty()).then(|| word.label.to_owned());
}

/// Whether a TYPE value is one of the table: an edit of the label may remove it.
pub(crate) fn is_known(kind: Labelled, written: &str) -> bool {
    atoms(kind).iter().any(|(atom, _)| atom.eq_ignore_ascii_case(written))
}

pub(crate) fn is_silent(written: &str) -> bool {
    SILENT.iter().any(|silent| silent.eq_ignore_ascii_case(written))
}

/// What these TYPE values and this label text mean.
pub(crate) fn meaning(kind: Labelled, types: &[Cow<'_, str>], written: Option<&str>) -> Meaning {
    let mut meaning = Meaning::default();
    let mut unknown = None;
    for one in types {
        match atoms(kind).iter().find(|(atom, _)| atom.eq_ignore_ascii_case(one)) {
            Some((_, Context(context))) => on(&mut meaning.contexts, context),
            Some((_, Feature(feature))) => on(&mut meaning.features, feature),
            Some((_, Label(label))) => meaning.label = Some((*label).to_owned()),
            Some((_, FeatureAndLabel(feature, label))) => {
                on(&mut meaning.features, feature);
                meaning.label = Some((*label).to_owned());
            }
            None if is_silent(one) => {}
            None => unknown = unknown.or(Some(one)),
        }
    }
    match written.and_then(text) {
        Some(text) => apply(kind, &mut meaning, &text),
        None => {
            if let Some(unknown) = unknown.filter(|_| meaning == Meaning::default()) {
                apply(kind, &mut meaning, unknown);
            }
        }
    }
    meaning
}

/// A wanted meaning in the form a card would read back: words of the table taken for what they mean.
pub(crate) fn normal(kind: Labelled, wanted: &Meaning) -> Meaning {
    let known = |word: &str| {
        atoms(kind).iter().any(|(_, says)| match says {
            Context(one) | Feature(one) | FeatureAndLabel(one, _) => *one == word,
            Label(_) => false,
        })
    };
    let kept =
        |set: &Set| set.iter().filter(|(word, on)| **on && known(word)).map(|(w, on)| (w.clone(), *on)).collect();
    let mut meaning = Meaning { contexts: kept(&wanted.contexts), features: kept(&wanted.features), label: None };
    if let Some(label) = &wanted.label {
        apply(kind, &mut meaning, label);
    }
    meaning
}

/// How to say a (normal) meaning in this version.
pub(crate) fn carriers(kind: Labelled, version: Version, meaning: &Meaning) -> Carriers {
    let mut carriers = Carriers::default();
    let has = |set: &Set, word: &str| set.get(word).copied().unwrap_or_default();
    let new = version == Version::V40;
    let label = meaning.label.as_deref().unwrap_or_default();
    let lone_tty = !new && label.is_empty() && meaning.features.len() == 1;
    let both = has(&meaning.contexts, "billing") && has(&meaning.contexts, "delivery");
    for (atom, says) in atoms(kind) {
        let said = match says {
            Context(one @ ("billing" | "delivery")) if !new && label.is_empty() && !both => {
                if has(&meaning.contexts, one) {
                    carriers.text = Some((*one).to_owned());
                }
                false
            }
            Context(one) => has(&meaning.contexts, one),
            Feature("textphone") if lone_tty => {
                if has(&meaning.features, "textphone") {
                    carriers.text = Some("tty".to_owned());
                }
                false
            }
            Feature(one) => has(&meaning.features, one) && first_spelling(kind, atom, one, new),
            Label(one) => label == *one && said_by_type(kind, one, new, meaning),
            FeatureAndLabel(feature, one) => !new && label == *one && has(&meaning.features, feature),
        };
        if said && !carriers.types.contains(atom) {
            carriers.types.push(atom);
        }
    }
    let typed = carriers.types.iter().any(|one| {
        atoms(kind).iter().any(|(atom, says)| atom == one && matches!(says, Label(_) | FeatureAndLabel(..)))
    });
    if !label.is_empty() && !typed {
        let apple =
            words(kind).iter().find(|word| word.label == label && word.feature.is_empty()).map_or("", |w| w.apple);
        carriers.text = Some(if apple.is_empty() { label.to_owned() } else { format!("_$!<{apple}>!$_") });
    }
    carriers
}

/// Of several spellings of a feature one is written: `MAIN` in 3.0, `main-number` in 4.0.
fn first_spelling(kind: Labelled, atom: &str, feature: &str, new: bool) -> bool {
    if feature == "main-number" {
        return (atom == "MAIN-NUMBER") == new;
    }
    let first = atoms(kind).iter().find(|(_, says)| matches!(says, Feature(one) if *one == feature));
    first.is_some_and(|(one, _)| *one == atom)
}

/// Labels that have a TYPE value in this version; the others stand in X-ABLabel.
fn said_by_type(kind: Labelled, label: &str, new: bool, meaning: &Meaning) -> bool {
    match (kind, label) {
        (_, "other") => {
            new && kind != Labelled::Plain && kind != Labelled::Link
                || kind == Labelled::Phone && meaning.features.contains_key("fax")
        }
        (Labelled::Phone, "car" | "isdn" | "radio" | "callback" | "assistant" | "company main" | "mms") => !new,
        (Labelled::Email, "mobile") => new,
        (Labelled::Link, "home page" | "profile" | "blog" | "ftp") => false,
        _ => false,
    }
}

/// Whether TYPE says this feature of a phone. VOICE goes without saying.
pub(crate) fn is_feature(word: &str) -> bool {
    let says = |says: &Says| matches!(says, Feature(one) | FeatureAndLabel(one, _) if *one == word);
    word == "voice" || atoms(Labelled::Phone).iter().any(|(_, one)| says(one))
}

/// The word of the table, or the text, that says a meaning best in one label: what a table's cell holds. Empty is none.
pub(crate) fn named(kind: Labelled, meaning: &Meaning) -> String {
    let has = |set: &Set, word: &str| set.get(word).copied().unwrap_or_default();
    let label = meaning.label.as_deref().unwrap_or_default();
    let rank = |word: &Word| {
        const SPECIAL: [&str; 5] = ["main-number", "mobile", "pager", "textphone", "fax"];
        let feature = SPECIAL.iter().position(|one| *one == word.feature).map_or(0, |at| at + 1);
        2 * feature + usize::from(!word.context.is_empty())
    };
    let says = |word: &&Word| {
        word.label == label
            && (word.context.is_empty() || has(&meaning.contexts, word.context))
            && (word.feature.is_empty() || has(&meaning.features, word.feature))
    };
    // Of equals the first spelling counts: `home page`, not `homepage`.
    let best = words(kind).iter().rev().filter(says).max_by_key(|word| rank(word));
    best.map_or_else(|| label.to_owned(), |word| word.word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> Set {
        words.iter().map(|word| ((*word).to_owned(), true)).collect()
    }

    fn read(kind: Labelled, types: &[&str], text: Option<&str>) -> Meaning {
        let types: Vec<Cow<'_, str>> = types.iter().map(|one| Cow::Borrowed(*one)).collect();
        meaning(kind, &types, text)
    }

    #[test]
    fn every_spelling_of_a_row_is_its_word() {
        let mobile = Meaning { features: set(&["mobile"]), ..Meaning::default() };
        assert_eq!(read(Labelled::Phone, &["cell", "VOICE"], None), mobile);
        assert_eq!(read(Labelled::Phone, &[], Some("_$!<Mobile>!$_")), mobile);
        let fax = Meaning { contexts: set(&["work"]), features: set(&["fax"]), label: None };
        assert_eq!(read(Labelled::Phone, &["WORK", "FAX"], None), fax);
        assert_eq!(read(Labelled::Phone, &[], Some(" Work Fax ")), fax);
        let page = Meaning { label: Some("home page".into()), ..Meaning::default() };
        for (types, text) in [(&["x-homepage"][..], None), (&["HOME"][..0], Some("_$!<HomePage>!$_"))] {
            assert_eq!(read(Labelled::Link, types, text), page);
        }
    }

    #[test]
    fn label_text_wins_and_free_types_are_labels() {
        assert_eq!(read(Labelled::Phone, &["HOME", "CELL"], Some("Boat")).label.unwrap(), "Boat");
        assert_eq!(read(Labelled::Phone, &["WORK"], Some("_$!<Home>!$_")).contexts, set(&["private"]));
        assert_eq!(read(Labelled::Email, &["INTERNET", "My Club"], None).label.unwrap(), "My Club");
        assert_eq!(read(Labelled::Email, &["HOME", "My Club"], None).label, None);
        assert_eq!(read(Labelled::Phone, &[], Some("_$!<Boat House>!$_")).label.unwrap(), "Boat House");
    }

    #[test]
    fn what_is_written_reads_back() {
        let labels =
            [None, Some("Boat"), Some("other"), Some("iPhone"), Some("car"), Some("mobile"), Some("school"), Some("x")];
        for kind in [Labelled::Phone, Labelled::Email, Labelled::Address, Labelled::Link, Labelled::Plain] {
            for version in [Version::V30, Version::V40] {
                for bits in 0..256_u32 {
                    for label in labels {
                        let pick = |words: &[&str], shift: u32| {
                            let on = words.iter().enumerate().filter(|(at, _)| bits >> (shift + *at as u32) & 1 == 1);
                            on.map(|(_, word)| ((*word).to_owned(), true)).collect::<Set>()
                        };
                        let wanted = normal(
                            kind,
                            &Meaning {
                                contexts: pick(&["private", "work", "billing", "delivery"], 0),
                                features: pick(&["mobile", "fax", "textphone", "main-number"], 4),
                                label: label.map(str::to_owned),
                            },
                        );
                        let said = carriers(kind, version, &wanted);
                        let types: Vec<Cow<'_, str>> = said.types.iter().map(|one| Cow::Borrowed(*one)).collect();
                        assert_eq!(
                            meaning(kind, &types, said.text.as_deref()),
                            wanted,
                            "{kind:?} {version:?} {said:?}"
                        );
                    }
                }
            }
        }
    }
}
