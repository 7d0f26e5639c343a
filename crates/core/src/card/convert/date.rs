//! Dates in the form of the other version.

use super::line::Line;
use crate::card::{
    Version,
    date::{self, Form},
};

/// BDAY, ANNIVERSARY, X-ABDATE, DEATHDATE: basic in 4.0, extended in 3.0; no year is `--` there and 1604 here.
pub(super) fn dated(line: &mut Line, to: Version) {
    let omit = line.take("X-APPLE-OMIT-YEAR");
    if line.value_is("text") {
        return;
    }
    line.take("VALUE");
    let value = line.value.trim().to_owned();
    match date::parse(&value, omit.as_deref()) {
        Some(_) if value.contains(['T', 't']) => {
            line.value = moment(&value, to);
            if to == Version::V30 {
                line.put("VALUE", "date-time");
            }
        }
        Some(day) => {
            if let Some((written, marked)) = date::written(&day, Form::of(to)) {
                line.value = written;
                if marked {
                    line.put("X-APPLE-OMIT-YEAR", "1604");
                }
            }
        }
        // A lone day or month is a date too, though the model has no place for it.
        None if to == Version::V40 && !value.is_empty() && !value.starts_with('-') => line.put("VALUE", "text"),
        None => {}
    }
}

/// A date with a time: `20120101T000000Z` in 4.0, `2012-01-01T00:00:00Z` in 3.0. Zones and fractions stay.
pub(super) fn moment(value: &str, to: Version) -> String {
    let value = value.trim();
    let Some((day, time)) = value.split_once(['T', 't']) else { return value.to_owned() };
    let zone = time.find(['Z', 'z', '+', '-', '.', ',']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    let (bare_day, bare_clock) = (day.replace('-', ""), clock.replace(':', ""));
    if !digits(&bare_day) || bare_day.len() != 8 || !digits(&bare_clock) || bare_clock.len() % 2 != 0 {
        return value.to_owned();
    }
    if to == Version::V40 {
        let zone = if zone.starts_with(['+', '-']) { zone.replace(':', "") } else { zone.to_owned() };
        return format!("{bare_day}T{bare_clock}{zone}");
    }
    let pairs: Vec<&str> = (0..bare_clock.len()).step_by(2).map(|at| &bare_clock[at..at + 2]).collect();
    format!("{}-{}-{}T{}{zone}", &bare_day[..4], &bare_day[4..6], &bare_day[6..], pairs.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_change_their_form_and_keep_their_zone() {
        for (basic, extended) in [
            ("20120101T101112Z", "2012-01-01T10:11:12Z"),
            ("20120101T1011+0200", "2012-01-01T10:11+0200"),
            ("20120101T101112.500Z", "2012-01-01T10:11:12.500Z"),
        ] {
            assert_eq!(moment(basic, Version::V30), extended);
            assert_eq!(moment(extended, Version::V40), basic);
        }
        for odd in ["--0101T10", "T10", "2012T10", "é-é-éTé"] {
            assert_eq!(moment(odd, Version::V40), odd);
        }
    }
}
