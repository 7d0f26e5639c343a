//! The names of months, in the languages whose column names are known.

/// Their names by number, lower case, in every form a date has them; what they begin with is their abbreviation.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari", "tammikuu", "tammikuuta",
        "styczeń", "stycznia", "leden", "ledna", "január", "январь", "января", "січень", "січня", "ocak",
        "ιανουάριος", "ιανουαρίου", "ינואר", "يناير", "जनवरी"],
    &["february", "februar", "feber", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari", "helmikuu",
        "helmikuuta", "luty", "lutego", "únor", "února", "február", "февраль", "февраля", "лютий", "лютого", "şubat",
        "φεβρουάριος", "φεβρουαρίου", "פברואר", "فبراير", "फ़रवरी", "फरवरी"],
    &["march", "märz", "maerz", "mars", "marzo", "março", "marco", "maart", "marts", "maaliskuu", "maaliskuuta", "mrz",
        "marzec", "marca", "březen", "března", "március", "март", "марта", "березень", "березня", "mart",
        "μάρτιος", "μαρτίου", "מרץ", "مارس", "मार्च"],
    &["april", "avril", "abril", "aprile", "huhtikuu", "huhtikuuta", "kwiecień", "kwietnia", "duben", "dubna",
        "április", "апрель", "апреля", "квітень", "квітня", "nisan", "απρίλιος", "απριλίου", "אפריל", "أبريل", "ابريل",
        "अप्रैल"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "maj", "toukokuu", "toukokuuta", "maja", "květen", "května",
        "május", "май", "мая", "травень", "травня", "mayıs", "μάιος", "μαΐου", "מאי", "مايو", "मई"],
    &["june", "juni", "juin", "junio", "giugno", "junho", "kesäkuu", "kesäkuuta", "czerwiec", "czerwca", "červen",
        "června", "június", "июнь", "июня", "червень", "червня", "haziran", "ιούνιος", "ιουνίου", "יוני", "يونيو", "जून"],
    &["july", "juli", "juillet", "julio", "luglio", "julho", "heinäkuu", "heinäkuuta", "lipiec", "lipca", "červenec",
        "července", "július", "июль", "июля", "липень", "липня", "temmuz", "ιούλιος", "ιουλίου", "יולי", "يوليو", "जुलाई"],
    &["august", "août", "aout", "agosto", "augustus", "augusti", "elokuu", "elokuuta", "sierpień", "sierpnia", "srpen",
        "srpna", "augusztus", "август", "августа", "серпень", "серпня", "ağustos", "αύγουστος", "αυγούστου", "אוגוסט",
        "أغسطس", "अगस्त"],
    &["september", "septembre", "septiembre", "setiembre", "settembre", "setembro", "syyskuu", "syyskuuta", "sept",
        "wrzesień", "września", "září", "szeptember", "сентябрь", "сентября", "вересень", "вересня", "eylül",
        "σεπτέμβριος", "σεπτεμβρίου", "ספטמבר", "سبتمبر", "सितंबर", "सितम्बर"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "lokakuu", "lokakuuta", "październik",
        "października", "říjen", "října", "október", "октябрь", "октября", "жовтень", "жовтня", "ekim", "οκτώβριος",
        "οκτωβρίου", "אוקטובר", "أكتوبر", "अक्टूबर"],
    &["november", "novembre", "noviembre", "novembro", "marraskuu", "marraskuuta", "listopad", "listopada", "listopadu",
        "ноябрь", "ноября", "kasım", "νοέμβριος", "νοεμβρίου", "נובמבר", "نوفمبر", "नवंबर", "नवम्बर"],
    &["december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro", "desember", "joulukuu",
        "joulukuuta", "grudzień", "grudnia", "prosinec", "prosince", "декабрь", "декабря", "грудень", "грудня", "aralık",
        "δεκέμβριος", "δεκεμβρίου", "דצמבר", "ديسمبر", "दिसंबर", "दिसम्बर"],
];

/// The month of this name, or of the only one that begins so; English is asked first.
pub(super) fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    // Hebrew says "in June" in one word.
    let bare = word.strip_prefix('ב').filter(|rest| rest.chars().count() > 2).unwrap_or(&word);
    let exact = MONTHS.iter().position(|names| names.iter().any(|name| *name == word || *name == bare));
    let number = |at: usize| u32::try_from(at + 1).ok();
    if let Some(at) = exact {
        return number(at);
    }
    if !(3..=5).contains(&word.chars().count()) {
        return None;
    }
    let begins = |name: &str| name.starts_with(&word);
    if let Some(at) = MONTHS.iter().position(|names| begins(names[0])) {
        return number(at);
    }
    let mut found = (0..12).filter(|at| MONTHS[*at].iter().any(|name| begins(name)));
    match (found.next(), found.next()) {
        (Some(at), None) => number(at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_of_two_months() {
        for (at, names) in MONTHS.iter().enumerate() {
            for name in *names {
                assert_eq!(month(name), u32::try_from(at + 1).ok(), "{name}");
                assert_eq!(*name, name.to_lowercase(), "as it is looked up");
            }
        }
    }

    #[test]
    fn what_a_name_begins_with_is_enough_when_no_other_does() {
        for (word, at) in
            [("Jun", 6), ("Mär", 3), ("août", 8), ("Dez", 12), ("févr", 2), ("giu", 6), ("maalis", 0), ("окт", 10)]
        {
            assert_eq!(month(word).unwrap_or(0), at, "{word}");
        }
        assert_eq!(month("čer"), None, "June or July");
        assert_eq!(month("ma"), None);
    }
}
