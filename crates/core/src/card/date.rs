//! Dates of cards: every spelling in, the spelling of the card's version (or of the old value) out.

use super::{Version, model::Date};

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// `1980-03-21`, not `19800321`.
    pub(crate) extended: bool,
    /// `--0820`, where 3.0 would say 1604 and a marker.
    pub(crate) dashes: bool,
}

impl Form {
    /// The form a version asks for.
    pub(crate) fn of(version: Version) -> Self {
        Self { extended: version != Version::V40, dashes: version == Version::V40 }
    }

    /// The form this value has.
    pub(crate) fn sampled(value: &str, version: Version) -> Self {
        let value = value.trim();
        let inner = value.trim_start_matches('-');
        let dashes = value.starts_with('-') || version == Version::V40;
        match inner.bytes().filter(u8::is_ascii_digit).count() {
            0..=4 if !inner.contains('-') && !value.starts_with('-') => Self { dashes, ..Self::of(version) },
            _ => Self { extended: inner.split('T').next().unwrap_or_default().contains('-'), dashes },
        }
    }
}

/// Reads a date. `omit` is X-APPLE-OMIT-YEAR: the year that stands for none.
pub(crate) fn parse(value: &str, omit: Option<&str>) -> Option<Date> {
    let value = value.trim();
    let (day, time) = match value.find(['T', 't', ' ']) {
        Some(at) => (&value[..at], Some(&value[at + 1..])),
        None => (value, None),
    };
    let mut date = parse_day(day)?;
    if date
        .year
        .is_some_and(|year| year == 0 || year == 1604 || omit.and_then(|text| text.trim().parse().ok()) == Some(year))
    {
        date.year = None;
        date.month?;
    }
    // Only UTC is a Timestamp: any other zone would move the day.
    if let (Some(time), Some(year), Some(month), Some(day)) = (time, date.year, date.month, date.day)
        && let Some(clock) = parse_clock(time)
    {
        return Some(Date { utc: Some(format!("{year:04}-{month:02}-{day:02}T{clock}Z")), ..Date::default() });
    }
    Some(date)
}

fn parse_day(text: &str) -> Option<Date> {
    let number =
        |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let (year, month, day) = if let Some(rest) = text.strip_prefix("--").or_else(|| text.strip_prefix('-')) {
        match (rest.split_once('-'), rest.len()) {
            (Some((month, day)), _) => (None, number(month), number(day)),
            (None, 4) if rest.is_ascii() => (None, number(&rest[..2]), number(&rest[2..])),
            _ => return None,
        }
    } else {
        let mut parts = text.split(['-', '/', '.']);
        match (parts.next()?, parts.next(), parts.next(), parts.next()) {
            (all, None, None, None) if all.len() == 8 && all.is_ascii() => {
                (Some(number(&all[..4])?), number(&all[4..6]), number(&all[6..]))
            }
            (year, None, None, None) if year.len() == 4 => {
                return Some(Date { year: Some(number(year)?), ..Date::default() });
            }
            (year, Some(month), None, None) if year.len() == 4 && text.contains('-') => {
                let month = number(month).filter(|month| (1..=12).contains(month))?;
                return Some(Date { year: Some(number(year)?), month: Some(month), ..Date::default() });
            }
            (year, Some(month), Some(day), None) if year.len() == 4 => {
                (Some(number(year)?), number(month), number(day))
            }
            _ => return None,
        }
    };
    let (month, day) = (month?, day?);
    is_day(year, month, day).then(|| Date { year, month: Some(month), day: Some(day), ..Date::default() })
}

/// Whether the calendar has this day; without a year, any leap year's will do.
fn is_day(year: Option<u32>, month: u32, day: u32) -> bool {
    let leap =
        year.is_none_or(|year| matches!(year, 0 | 1604) || year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// `HH:MM:SS` of a time in UTC.
fn parse_clock(text: &str) -> Option<String> {
    let text = text.strip_suffix(['Z', 'z'])?;
    let text = text.split(['.', ',']).next()?;
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    let part = |at: usize, most: u32| match digits.get(at..at + 2) {
        Some(two) => two.parse::<u32>().ok().filter(|number| *number <= most),
        None if digits.len() <= at => Some(0),
        None => None,
    };
    let (hours, minutes, seconds) = (part(0, 23)?, part(2, 59)?, part(4, 59)?);
    (digits.len() >= 2 && digits.len() <= 6).then(|| format!("{hours:02}:{minutes:02}:{seconds:02}"))
}

/// A date as written. The flag says that 1604 stands for no year and needs its marker.
pub(crate) fn written(date: &Date, form: Form) -> Option<(String, bool)> {
    if let Some(utc) = &date.utc {
        return moment(utc).map(|utc| (utc, false));
    }
    let dash = if form.extended { "-" } else { "" };
    match (date.year, date.month, date.day) {
        (Some(year), Some(month), Some(day)) if is_day(Some(year), month, day) && (1..=9999).contains(&year) => {
            Some((format!("{year:04}{dash}{month:02}{dash}{day:02}"), false))
        }
        (None, Some(month), Some(day)) if is_day(None, month, day) => Some(match form.dashes {
            true => (format!("--{month:02}{dash}{day:02}"), false),
            false => (format!("1604{dash}{month:02}{dash}{day:02}"), true),
        }),
        (Some(year), Some(month), None) if (1..=12).contains(&month) && (1..=9999).contains(&year) => {
            Some((format!("{year:04}-{month:02}"), false))
        }
        (Some(year), None, None) if (1..=9999).contains(&year) => Some((format!("{year:04}"), false)),
        _ => None,
    }
}

/// A moment as UTC date-time, when it is one.
pub(crate) fn moment(value: &str) -> Option<String> {
    let value = value.trim();
    let (day, time) = value.split_once(['T', 't'])?;
    let day = parse_day(day)?;
    let (year, month, day) = (day.year?, day.month?, day.day?);
    let clock = parse_clock(time)?;
    Some(format!("{year:04}-{month:02}-{day:02}T{clock}Z"))
}

/// Now, in the format another moment is written in.
pub(crate) fn now_like(old: &str, now: jiff::Timestamp) -> String {
    let old = old.trim();
    let (day, time) = old.split_once(['T', 't']).map_or((old, None), |(day, time)| (day, Some(time)));
    let day = now.strftime(if day.contains('-') { "%Y-%m-%d" } else { "%Y%m%d" }).to_string();
    let Some(time) = time else {
        return if old.is_empty() { now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() } else { day };
    };
    let clock = now.strftime(if time.contains(':') { "%H:%M:%S" } else { "%H%M%S" }).to_string();
    let fraction = match time.find('.') {
        Some(at) => {
            let digits = time[at + 1..].bytes().take_while(u8::is_ascii_digit).count().min(9);
            format!(".{}", &format!("{:09}", now.subsec_nanosecond().unsigned_abs())[..digits])
        }
        None => String::new(),
    };
    format!("{day}T{clock}{fraction}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: u32, month: u32, day: u32) -> Option<Date> {
        let some = |number: u32| (number > 0).then_some(number);
        Some(Date { year: some(year), month: some(month), day: some(day), ..Date::default() })
    }

    #[test]
    fn every_spelling_is_read() {
        for text in
            ["19800321", "1980-03-21", "1980/3/21", " 1980-03-21 ", "1980-03-21T00:00:00", "1980-03-21T23:30:00-08:00"]
        {
            assert_eq!(parse(text, None), date(1980, 3, 21), "{text}");
        }
        for text in ["--0820", "--08-20", "-0820", "1604-08-20", "0000-08-20", "16040820"] {
            assert_eq!(parse(text, None), date(0, 8, 20), "{text}");
        }
        assert_eq!(parse("1900-08-20", Some("1900")), date(0, 8, 20));
        assert_eq!(parse("1985", None), date(1985, 0, 0));
        assert_eq!(parse("1985-04", None), date(1985, 4, 0));
        assert_eq!(parse("--0229", None), date(0, 2, 29));
        assert_eq!(parse("1980-03-22T00:00:00Z", None).unwrap().utc.unwrap(), "1980-03-22T00:00:00Z");
        for text in ["", "circa 1800", "1981-02-29", "---21", "--13", "0/0/00", "1604", "19801", "é980-1-1", "--é1"] {
            assert_eq!(parse(text, None), None, "{text}");
        }
    }

    #[test]
    fn the_form_of_the_old_value_is_kept() {
        let full = date(1984, 8, 20).unwrap();
        let yearless = date(0, 8, 20).unwrap();
        let like = |old: &str, version, date| written(date, Form::sampled(old, version)).unwrap();
        assert_eq!(like("1604-08-20", Version::V30, &full), ("1984-08-20".into(), false));
        assert_eq!(like("19840820", Version::V30, &yearless), ("16040820".into(), true));
        assert_eq!(like("--0820", Version::V30, &full), ("19840820".into(), false));
        assert_eq!(like("19840820", Version::V40, &yearless), ("--0820".into(), false));
        assert_eq!(like("1985", Version::V30, &full), ("1984-08-20".into(), false));
    }

    #[test]
    fn a_moment_is_renewed_in_its_own_format() {
        let now: jiff::Timestamp = "2026-11-21T09:30:00.123456Z".parse().unwrap();
        for (old, new) in [
            ("20121012T210525Z", "20261121T093000Z"),
            ("2012-10-12T21:05:25Z", "2026-11-21T09:30:00Z"),
            ("2012-10-12T21:05:25.000Z", "2026-11-21T09:30:00.123Z"),
            ("2012-10-12", "2026-11-21"),
        ] {
            assert_eq!(now_like(old, now), new);
        }
    }
}
