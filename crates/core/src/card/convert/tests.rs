//! The conversion table (`card-map.md` §5), row by row.

use super::*;
use crate::card::tests::card;

fn lines(card: &Card) -> Vec<String> {
    let text = String::from_utf8(card.bytes().to_vec()).unwrap().replace("\r\n ", "");
    text.lines()
        .filter(|line| !["BEGIN:VCARD", "END:VCARD"].contains(line) && !line.starts_with("VERSION"))
        .map(str::to_owned)
        .collect()
}

/// These lines of one version are those of the other; FN and N of a bare card stand by.
fn turned(from: &str, to: Version, before: &[&str], after: &[&str]) {
    let mut all = vec!["N:Lee;Ann;;;", "FN:Ann Lee"];
    let mut want: Vec<String> = all.iter().map(|line| (*line).to_owned()).collect();
    all.extend(before);
    want.extend(after.iter().map(|line| (*line).to_owned()));
    assert_eq!(lines(&card(from, &all).converted(to)), want);
}

#[test]
fn the_same_version_is_the_same_bytes() {
    for version in ["2.1", "3.0", "4.0"] {
        let card = card(version, &["X-ROLO-FROM:x", "junk", "FN:A"]);
        assert_eq!(card.converted(card.version()).bytes(), card.bytes());
    }
}

#[test]
fn labels_and_types() {
    let three = [
        "item1.TEL;type=VOICE:1",
        "item1.X-ABLabel:Boat",
        "TEL;type=CELL;type=VOICE;type=pref:2",
        "TEL;type=MAIN;type=VOICE:3",
        "TEL;type=WORK;type=FAX:4",
        "item2.TEL:5",
        "item2.X-ABLabel:_$!<Other>!$_",
        "EMAIL;type=INTERNET;type=HOME:a@b.example",
        "item3.URL:https://c.example",
        "item3.X-ABLabel:_$!<HomePage>!$_",
    ];
    let four = [
        "item1.TEL;TYPE=voice:1",
        "item1.X-ABLabel:Boat",
        "TEL;TYPE=cell;PREF=1:2",
        "TEL;TYPE=main-number:3",
        "TEL;TYPE=work,fax:4",
        "TEL;TYPE=other:5",
        "EMAIL;TYPE=home:a@b.example",
        "item3.URL:https://c.example",
        "item3.X-ABLabel:_$!<HomePage>!$_",
    ];
    turned("3.0", Version::V40, &three, &four);
    turned("4.0", Version::V30, &four, &three);
}

#[test]
fn only_the_lowest_preference_reaches_three() {
    turned(
        "4.0",
        Version::V30,
        &["TEL;TYPE=home;PREF=3:1", "TEL;TYPE=home;PREF=2:2", "TEL;PREF=2:3", "EMAIL;PREF=9:a@b.example"],
        &[
            "TEL;type=HOME;type=VOICE:1",
            "TEL;type=HOME;type=VOICE;type=pref:2",
            "TEL:3",
            "EMAIL;type=INTERNET;type=pref:a@b.example",
        ],
    );
}

#[test]
fn dates() {
    let three = [
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-08-20",
        "item1.X-ABDATE:1970-06-02",
        "item1.X-ABLabel:_$!<Anniversary>!$_",
        "item2.X-ABDATE;X-APPLE-OMIT-YEAR=1604:1604-07-26",
        "item2.X-ABLabel:Name day",
        "DEATHDATE:1985",
        "REV:2012-10-12T21:05:25Z",
    ];
    let four = [
        "BDAY:--0820",
        "ANNIVERSARY:19700602",
        "item2.X-ABDATE:--0726",
        "item2.X-ABLabel:Name day",
        "DEATHDATE:1985",
        "REV:20121012T210525Z",
    ];
    turned("3.0", Version::V40, &three, &four);
    turned("4.0", Version::V30, &four, &three);
    turned("3.0", Version::V40, &["BDAY:circa 1800"], &["BDAY;VALUE=text:circa 1800"]);
    turned("3.0", Version::V40, &["BDAY;value=date:1604-11-27"], &["BDAY:--1127"]);
    turned(
        "4.0",
        Version::V30,
        &["BDAY:---21", "BDAY:19800322T101500Z"],
        &["BDAY:---21", "BDAY;VALUE=date-time:1980-03-22T10:15:00Z"],
    );
}

#[test]
fn relations_services_and_kinds() {
    let three = [
        "item1.X-ABRELATEDNAMES:Ann Roe",
        "item1.X-ABLabel:_$!<Mother>!$_",
        "item2.X-ABRELATEDNAMES:Bo",
        "item2.X-ABLabel:Godfather",
        "X-ROLO-LINK:urn:uuid:1;mother;Ann Roe",
        "IMPP;X-SERVICE-TYPE=Skype;type=HOME:skype:ann",
        "X-SOCIALPROFILE;type=twitter;x-user=ann:https://t.example/ann",
        "X-ABShowAs:COMPANY",
        "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:2",
    ];
    let four = [
        "RELATED;TYPE=mother,parent;VALUE=text:Ann Roe",
        "item2.RELATED;VALUE=text:Bo",
        "item2.X-ABLabel:Godfather",
        "X-ROLO-LINK:urn:uuid:1;mother;Ann Roe",
        "IMPP;TYPE=home;SERVICE-TYPE=Skype:skype:ann",
        "SOCIALPROFILE;SERVICE-TYPE=twitter;USERNAME=ann:https://t.example/ann",
        "KIND:org",
        "X-ABShowAs:COMPANY",
        "MEMBER:urn:uuid:2",
    ];
    turned("3.0", Version::V40, &three, &four);
    let mut back = three;
    back[5] = "IMPP;type=HOME;X-SERVICE-TYPE=Skype:skype:ann";
    turned("4.0", Version::V30, &four, &back);
    turned(
        "3.0",
        Version::V40,
        &["X-AIM;type=WORK:ann 9", "X-SIP:ann@s.example"],
        &["IMPP;TYPE=work;SERVICE-TYPE=AIM:aim:ann%209", "IMPP:sip:ann@s.example"],
    );
    turned("4.0", Version::V30, &["KIND:location"], &["KIND:location"]);
    turned("4.0", Version::V30, &["KIND:group"], &["X-ADDRESSBOOKSERVER-KIND:group"]);
}

#[test]
fn addresses_places_and_numbers() {
    let three = [
        "item1.ADR;type=WORK:;;Gasse 2;Wien;;1020;Austria",
        "item1.X-ABADR:at",
        "LABEL;type=WORK:Gasse 2\\nWien",
        "item2.ADR:;;x;;;;",
        "item2.X-ABLabel:Hut",
        "GEO:48.2;16.37",
        "TZ:-05:00",
    ];
    let four = [
        "ADR;TYPE=work;LABEL=Gasse 2^nWien;CC=AT:;;Gasse 2;Wien;;1020;Austria",
        "item2.ADR:;;x;;;;",
        "item2.X-ABLabel:Hut",
        "GEO:geo:48.2,16.37",
        "TZ;VALUE=utc-offset:-0500",
    ];
    turned("3.0", Version::V40, &three, &four);
    let mut back = three.to_vec();
    back[..3].copy_from_slice(&[
        "item1.ADR;type=WORK:;;Gasse 2;Wien;;1020;Austria",
        "LABEL;type=WORK:Gasse 2\\nWien",
        "item1.X-ABADR:at",
    ]);
    // An ADR that got a group takes its place and zone with it.
    back[5..].copy_from_slice(&["item1.GEO:48.2;16.37", "item1.TZ:-05:00"]);
    turned("4.0", Version::V30, &four, &back);
    turned(
        "4.0",
        Version::V30,
        &["TEL;VALUE=uri;TYPE=home:tel:+43-1-2;ext=12", "TZ:Europe/Vienna"],
        &["TEL;type=HOME;type=VOICE:+43-1-2 ext. 12", "TZ;VALUE=text:Europe/Vienna"],
    );
    turned(
        "3.0",
        Version::V40,
        &["item1.ADR:;;x;;;;", "item1.X-ABADR:Bundesrepublik"],
        &["item1.ADR:;;x;;;;", "item1.X-ABADR:Bundesrepublik"],
    );
}

#[test]
fn photos() {
    let four = ["PHOTO;X-ABCROP-RECTANGLE=ABClipRect_1&0&0&9&9&x==:data:image/jpeg;base64,/9j/4AAQ"];
    turned(
        "3.0",
        Version::V40,
        &["PHOTO;X-ABCROP-RECTANGLE=ABClipRect_1&0&0&9&9&x==;ENCODING=b;TYPE=JPEG:/9j/\r\n 4AAQ"],
        &four,
    );
    turned(
        "4.0",
        Version::V30,
        &four,
        &["PHOTO;ENCODING=b;type=JPEG;X-ABCROP-RECTANGLE=ABClipRect_1&0&0&9&9&x==:/9j/4AAQ"],
    );
    turned("3.0", Version::V40, &["PHOTO;VALUE=uri:https\\://e.example/a.jpg"], &["PHOTO:https://e.example/a.jpg"]);
    turned("4.0", Version::V30, &["PHOTO:https://e.example/a.jpg"], &["PHOTO;VALUE=uri:https://e.example/a.jpg"]);
    turned("3.0", Version::V40, &["PHOTO;ENCODING=b;TYPE=JPEG:?"], &["PHOTO;VALUE=text:?"]);
}

#[test]
fn names_have_what_the_version_must_have() {
    let got = |version: &str, to: Version, all: &[&str]| lines(&card(version, all).converted(to));
    assert_eq!(got("4.0", Version::V30, &["FN:Ann Lee"]), ["N:;Ann Lee;;;", "FN:Ann Lee"]);
    assert_eq!(got("4.0", Version::V30, &["KIND:org", "FN:Acme"]), ["X-ABShowAs:COMPANY", "N:;;;;", "FN:Acme"]);
    assert_eq!(got("3.0", Version::V40, &["N:Lee;Ann;;;"]), ["N:Lee;Ann;;;", "FN:Ann Lee"]);
    assert_eq!(
        got("4.0", Version::V30, &["FN:x", "N:García,Lopez;Ana;;;III,MD;Lopez;III", "NOTE:a", "NOTE:b\\, c"]),
        ["FN:x", "N:García Lopez;Ana;;;III MD", "NOTE:a\\n\\nb\\, c"]
    );
    assert_eq!(
        got(
            "4.0",
            Version::V30,
            &["FN:x", "N;ALTID=1:山田;太郎;;;", "N;ALTID=1;LANGUAGE=ja;PHONETIC=script;SCRIPT=Kana:ヤマダ;タロウ;;;"]
        ),
        ["FN:x", "X-PHONETIC-FIRST-NAME:タロウ", "X-PHONETIC-LAST-NAME:ヤマダ", "N;ALTID=1:山田;太郎;;;"]
    );
    assert_eq!(
        got("3.0", Version::V40, &["N:Lee;Ann;;;", "FN:A", "SORT-STRING:Lee"]),
        ["N;SORT-AS=Lee:Lee;Ann;;;", "FN:A"]
    );
    assert_eq!(
        got("3.0", Version::V40, &["N:Lee;Ann;;;", "FN:A", "SORT-STRING:Lee\\, Jr."]),
        ["N;SORT-AS=\"Lee\\, Jr.\":Lee;Ann;;;", "FN:A"]
    );
}

#[test]
fn what_no_property_says_travels_by_pointer() {
    turned(
        "4.0",
        Version::V30,
        &["JSPROP;JSPTR=\"example.com:mood\":{\"a\":[1\\,2]}"],
        &["X-ROLO-JSPROP:example.com:mood;{\"a\":[1\\,2]}"],
    );
    turned(
        "3.0",
        Version::V40,
        &["X-ROLO-JSPROP:example.com:mood;{\"a\":[1\\,2]}"],
        &["JSPROP;JSPTR=\"example.com:mood\":{\"a\":[1\\,2]}"],
    );
}

#[test]
fn two_one_becomes_three_and_four() {
    let old = card(
        "2.1",
        &[
            "N;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg, Dr\\;h.c.;;;",
            "TEL;WORK;VOICE;PREF:1",
            "X-MS-SPOUSE:Bo",
            "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=C3=9Fe=0D=0Anote, ok",
            "BDAY:19800321",
            "CATEGORIES:a;b",
            "PHOTO;ENCODING=BASE64;JPEG:\r\n /9j/\r\n 4AAQ\r\n",
            "AGENT:\r\nBEGIN:VCARD\r\nFN:In, side\r\nEND:VCARD",
        ],
    );
    assert_eq!(
        lines(&old.converted(Version::V30)),
        [
            "N:Müller;Jörg\\, Dr\\;h.c.;;;",
            "FN:Jörg, Dr;h.c. Müller".replace(',', "\\,").replace("Dr;", "Dr\\;").as_str(),
            "TEL;type=WORK;type=VOICE;type=pref:1",
            "item1.X-ABRELATEDNAMES:Bo",
            "item1.X-ABLabel:_$!<Spouse>!$_",
            "NOTE:Grüße\\nnote\\, ok",
            "BDAY:1980-03-21",
            "CATEGORIES:a,b",
            "PHOTO;ENCODING=b;type=JPEG:/9j/4AAQ",
            "AGENT:BEGIN:VCARD\\nFN:In\\, side\\nEND:VCARD\\n",
        ]
    );
    let four = old.converted(Version::V40);
    assert_eq!(four.version(), Version::V40);
    assert!(lines(&four).contains(&"TEL;TYPE=work;PREF=1:1".to_owned()));
    assert!(lines(&four).contains(&"PHOTO:data:image/jpeg;base64,/9j/4AAQ".to_owned()));
    assert_eq!(card("3.0", &["FN:A"]).converted(Version::V21).bytes(), card("3.0", &["FN:A"]).bytes());
}

#[test]
fn on_the_wire_it_says_what_it_was_made_of() {
    let stored = card("4.0", &["FN:A", "RELATED;TYPE=friend:urn:uuid:ABC"]);
    assert_eq!(stored.nameless_relations(), ["urn:uuid:ABC".trim_start_matches("urn:uuid:")]);
    let name_of = |uid: &str| (uid == "ABC").then(|| "Bo Lee".to_owned());
    let wire = Wire { uid: Some("u-1"), name_of: &name_of };
    let sent = stored.converted_for_wire(Version::V30, &wire);
    let revision = stored.revision().to_string();
    assert_eq!(
        lines(&sent),
        [
            "N:;A;;;".to_owned(),
            "FN:A".to_owned(),
            "item1.X-ABRELATEDNAMES:Bo Lee".to_owned(),
            "item1.X-ABLabel:_$!<Friend>!$_".to_owned(),
            "X-ROLO-LINK:urn:uuid:ABC;friend;Bo Lee".to_owned(),
            "UID:u-1".to_owned(),
            format!("X-ROLO-FROM:{revision}"),
        ]
    );
    assert_eq!(sent.stripped().1.as_deref(), Some(revision.as_str()));
    assert!(!String::from_utf8_lossy(sent.stripped().0.bytes()).contains("ROLO-FROM"));
    let own = stored.converted_for_wire(Version::V40, &wire);
    assert!(lines(&own).contains(&"UID:u-1".to_owned()) && own.stripped().1.is_some());
    let whole = card("3.0", &["FN:A", "UID:x"]);
    assert_eq!(whole.converted_for_wire(Version::V30, &wire).bytes(), whole.bytes());
    assert_eq!(whole.stripped(), (whole.clone(), None));
}

#[test]
fn every_line_knows_where_it_came_from() {
    let stored = card("4.0", &["FN:A", "NOTE:a", "ANNIVERSARY:19700602", "NOTE:b", "ADR;LABEL=x;CC=AT:;;s;;;;"]);
    let made = stored.traced(Version::V30, &Wire::default());
    let of = |name: &str| {
        let property = made.card.lexed.properties().find(|one| one.name == name.as_bytes()).unwrap();
        made.from[property.index].clone()
    };
    assert_eq!(
        (of("NOTE"), of("X-ABDATE"), of("X-ABLabel"), of("LABEL"), of("N")),
        (vec![3, 5], vec![4], vec![4], vec![6], vec![])
    );
}

proptest::proptest! {
    /// Whatever comes, both versions of it are cards, and sending them back edits nothing.
    #[test]
    fn any_card_has_both_versions(
        version in "(2\\.1|3\\.0|4\\.0)",
        lines in proptest::collection::vec(
            "(item1\\.|item2\\.|)(TEL|EMAIL|ADR|N|FN|BDAY|X-ABDATE|X-ABLabel|X-ABADR|RELATED|X-ABRELATEDNAMES|IMPP|X-AIM|X-SOCIALPROFILE|NOTE|LABEL|GEO|TZ|PHOTO|KIND|JSPROP|SORT-STRING|CATEGORIES|AGENT|ORG|X-Q)\
(;TYPE=home|;type=pref|;PREF=2|;ENCODING=b|;ENCODING=QUOTED-PRINTABLE|;VALUE=text|;ALTID=1|;LANGUAGE=de|;JSPTR=a|;LABEL=\"x\\^ny\"|;X-P=\"\\\\){0,3}:[a-zäß0-9;,:=\\\\ @+./-]{0,24}",
            0..12,
        )
    ) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let stored = card(&version, &lines);
        for to in [Version::V30, Version::V40] {
            let sent = stored.converted_for_wire(to, &Wire::default());
            proptest::prop_assert_eq!(sent.version(), to);
            let back = crate::card::merged(&stored, Some(&stored), &sent, crate::card::Client::Other, None).unwrap().card;
            proptest::prop_assert_eq!(
                String::from_utf8_lossy(back.bytes()).into_owned(),
                String::from_utf8_lossy(stored.bytes()).into_owned(),
                "{}", String::from_utf8_lossy(sent.bytes())
            );
        }
    }
}

/// Hundreds of members, some of them deleted elsewhere: converted and merged in one go.
#[test]
fn a_card_of_hundreds_of_each_kind_is_converted_and_merged() {
    let mut lines = vec!["N:A;;;;".to_owned(), "FN:A".to_owned(), "UID:x".to_owned()];
    for at in 0..250 {
        lines.push(format!("item{at}.TEL:{at}"));
        lines.push(format!("item{at}.X-ABLabel:L{at}"));
        lines.push(format!("X-ODD:{at}"));
        lines.push(format!("NOTE:{at}"));
        lines.push(format!("X-ABRELATEDNAMES:r{at}"));
        lines.push(format!("X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:{at}"));
        lines.push(format!("ADR:;;{at};;;;"));
    }
    let stored = card("3.0", &lines.iter().map(String::as_str).collect::<Vec<_>>());
    let text = String::from_utf8(stored.converted_for_wire(Version::V40, &Wire::default()).bytes().to_vec()).unwrap();
    let fewer: String =
        text.split_inclusive("\r\n").filter(|line| line.starts_with("X-ROLO") || !line.contains('7')).collect();
    let sent = Card::parse(fewer.into_bytes()).unwrap();
    let got = crate::card::merged(&stored, Some(&stored), &sent, crate::card::Client::Other, None).unwrap().card;
    let (got, sent) = (got.model(), sent.model());
    assert!(got.phones.values().all(|phone| !phone.number.contains('7')));
    assert_eq!(
        (
            got.phones.len(),
            got.notes.len(),
            got.related_to.len(),
            got.members.len(),
            got.addresses.len(),
            got.vcard_props.len()
        ),
        (
            sent.phones.len(),
            sent.notes.len(),
            sent.related_to.len(),
            sent.members.len(),
            sent.addresses.len(),
            sent.vcard_props.len()
        ),
    );
}
