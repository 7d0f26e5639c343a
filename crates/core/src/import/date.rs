//! Dates as tables write them: ISO, American, German, in words; and the ones that mean none.

use super::month::month;
use crate::card::{date, model::Date};

/// What a cell of a date holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Dated {
    /// Nothing: empty, or Outlook's `0/0/00` and `1/1/4501`.
    Nothing,
    /// A date.
    Day(Date),
    /// Something else, to be kept as text.
    Text,
}

/// Reads a date. `day_first` decides `3/4/2020`; a number above 12 decides by itself.
pub(crate) fn read(cell: &str, day_first: bool) -> Dated {
    let text = cell.trim();
    if text.is_empty() || matches!(text, "0/0/00" | "0/0/0000" | "1/1/4501" | "00/00/00" | "0000-00-00" | "4501-01-01")
    {
        return Dated::Nothing;
    }
    if let Some(date) = date::parse(text, None).filter(|date| date.utc.is_none()) {
        return Dated::Day(date);
    }
    // An hour after the day says nothing about a birthday.
    let day = text.split_once([' ', 'T']).map_or(text, |(day, rest)| if rest.contains(':') { day } else { text });
    numbers(day, day_first).or_else(|| signs(text)).or_else(|| words(day)).map_or(Dated::Text, Dated::Day)
}

/// `3/21/1980`, `21.3.1980`, `21-3-80`, `21.3.`
fn numbers(text: &str, day_first: bool) -> Option<Date> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(mark, '/' | '.' | '-') {
        return None;
    }
    let text = text.trim_end_matches(mark);
    let mut parts = text.split(mark).map(str::trim);
    let (first, second) = (number(parts.next()?)?, number(parts.next()?)?);
    let year = match parts.next() {
        Some(year) => Some(full_year(year)?),
        None => None,
    };
    if parts.next().is_some() {
        return None;
    }
    let day_leads = mark == '.' || first > 12 || day_first && second <= 12;
    let (day, month) = if day_leads { (first, second) } else { (second, first) };
    checked(year, month, day)
}

/// `03 Jun 2021`, `June 3, 2021`, `3. Jun`, `3 de junio de 2021`, `2021. június 3.`
fn words(text: &str) -> Option<Date> {
    const SMALL: [&str; 7] = ["de", "del", "di", "of", "the", "den", "г"];
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-' | '،');
    let parts = text.split(apart).filter(|part| !part.is_empty());
    let mut parts = parts.filter(|part| !SMALL.contains(&part.to_lowercase().as_str()));
    let (one, two, three) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    if let (4, Some(year), Some(three)) = (one.len(), number(one), three) {
        return checked(Some(year), month(two)?, counted(three)?);
    }
    let (day, month) = match (counted(one), month(one)) {
        (Some(day), _) => (day, month(two)?),
        (None, Some(month)) => (counted(two)?, month),
        (None, None) => return None,
    };
    let year = match three {
        Some(year) => Some(full_year(year)?),
        None => None,
    };
    checked(year, month, day)
}

/// `2021年6月3日`, `6月3日`, `2021년 6월 3일`
fn signs(text: &str) -> Option<Date> {
    let (year, rest) = match text.split_once(['年', '년']) {
        Some((year, rest)) => (Some(full_year(year.trim())?), rest),
        None => (None, text),
    };
    let (month, rest) = rest.split_once(['月', '월'])?;
    let day = rest.trim().strip_suffix(['日', '일', '号', '號'])?;
    checked(year, number(month.trim())?, number(day.trim())?)
}

/// A day as it is counted: `3`, `3rd`, `1er`.
fn counted(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let rest = text[digits.len()..].to_lowercase();
    matches!(rest.as_str(), "" | "st" | "nd" | "rd" | "th" | "er" | "º" | "°").then(|| number(digits))?
}

fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|digit| digit.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

/// A year of two digits is of the last hundred years, as spreadsheets see it.
fn full_year(text: &str) -> Option<u32> {
    let year = number(text)?;
    match text.len() {
        4 => Some(year),
        2 => Some(if year < 30 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// Only days a calendar has; 1604 is how Apple says "no year".
fn checked(year: Option<u32>, month: u32, day: u32) -> Option<Date> {
    let text = match year {
        Some(year) => format!("{year:04}-{month:02}-{day:02}"),
        None => format!("--{month:02}-{day:02}"),
    };
    date::parse(&text, None)
}

/// A date as Google's and our tables write it: `1980-03-21`, ` --08-20`, `1985-04`.
pub(crate) fn written(date: &Date) -> Option<String> {
    if let Some(utc) = &date.utc {
        return utc.get(..10).map(str::to_owned);
    }
    match (date.year, date.month, date.day) {
        (Some(year), Some(month), Some(day)) => Some(format!("{year:04}-{month:02}-{day:02}")),
        (None, Some(month), Some(day)) => Some(format!(" --{month:02}-{day:02}")),
        (Some(year), Some(month), None) => Some(format!("{year:04}-{month:02}")),
        (Some(year), None, None) => Some(format!("{year:04}")),
        _ => None,
    }
}

/// A full date as Outlook writes it: `3/21/1980`.
pub(crate) fn american(date: &Date) -> Option<String> {
    match (date.year, date.month, date.day) {
        (Some(year), Some(month), Some(day)) => Some(format!("{month}/{day}/{year}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<(u32, u32, u32)> {
        match read(text, false) {
            Dated::Day(date) => Some((date.year.unwrap_or(0), date.month.unwrap_or(0), date.day.unwrap_or(0))),
            _ => None,
        }
    }

    #[test]
    fn every_program_spelling_is_a_date() {
        for text in [
            "1980-03-21",
            "3/21/1980",
            "21/3/1980",
            "21.3.1980",
            "21.03.80",
            "19800321",
            "03/21/80",
            "21 Mar 1980",
            "March 21, 1980",
            "21. March 1980",
            "3/21/1980 0:00:00",
            "1980-03-21 00:00:00",
        ] {
            assert_eq!(day(text), Some((1980, 3, 21)), "{text}");
        }
        assert_eq!(day("03 Jun 2021"), Some((2021, 6, 3)));
        for text in [" --08-20", "--08-20", "--0820", "8/20", "20.8.", "20 Aug"] {
            assert_eq!(day(text), Some((0, 8, 20)), "{text}");
        }
        assert_eq!(read("4/3/2020", true), read("2020-03-04", false));
        assert_eq!(day("1985-04"), Some((1985, 4, 0)));
    }

    #[test]
    fn months_are_named_in_the_languages_of_the_columns() {
        for text in [
            "3. Juni 2021",
            "3 juin 2021",
            "3 de junio de 2021",
            "3 giugno 2021",
            "3 de junho de 2021",
            "3 juni 2021",
            "3. juni 2021",
            "3. kesäkuuta 2021",
            "3 czerwca 2021",
            "3. června 2021",
            "2021. június 3.",
            "3 июня 2021",
            "3 июня 2021 г.",
            "3 червня 2021",
            "3 Haziran 2021",
            "2021年6月3日",
            "2021년 6월 3일",
            "3 يونيو 2021",
            "3 ביוני 2021",
            "3 Ιουνίου 2021",
            "3 जून 2021",
            "3rd of June 2021",
            "June 3rd, 2021",
            "03-jun-2021",
        ] {
            assert_eq!(day(text), Some((2021, 6, 3)), "{text}");
        }
        for text in ["1er août", "1. Aug.", "8月1日", "1 Ağustos", "1 sierpnia", "1º de agosto"] {
            assert_eq!(day(text), Some((0, 8, 1)), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_nothing_or_text() {
        for text in ["", " ", "0/0/00", "1/1/4501"] {
            assert_eq!(read(text, false), Dated::Nothing, "{text}");
        }
        for text in ["1991-02-30", "circa 1800", "30 Feb 1991", "13/13/2000", "May", "1/2/3/4", "9999999"] {
            assert_eq!(read(text, false), Dated::Text, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["1980-03-21", " --02-29", "1985-04", "1985"] {
            let Dated::Day(date) = read(text, false) else { panic!("{text}") };
            assert_eq!(written(&date).as_deref(), Some(text));
        }
        let Dated::Day(date) = read("12/31/1999", false) else { panic!() };
        assert_eq!(american(&date).as_deref(), Some("12/31/1999"));
    }
}
