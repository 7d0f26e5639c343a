//! Which backups are kept: the newest few, and the last of so many days, weeks, months and years.

use std::str::FromStr;

use rolo_core::{Error, Result};
use rustic_core::KeepOptions;

/// A rule such as `last 3, daily 7, weekly 4, monthly 12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep(Vec<(Span, i32)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    Last,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// More than anybody keeps.
const COUNT_MAX: i32 = 10_000;

impl FromStr for Keep {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let rules: Option<Vec<_>> = text.split(',').map(|rule| one(rule.trim())).collect();
        rules.map(Self).ok_or_else(|| {
            Error::invalid(
                "keep",
                format!(
                    "{text:?} says not what to keep. Write it as: last 3, daily 7, weekly 4, monthly 12, yearly 2."
                ),
            )
        })
    }
}

fn one(rule: &str) -> Option<(Span, i32)> {
    let (span, count) = rule.split_once(' ')?;
    let span = match span {
        "last" => Span::Last,
        "hourly" => Span::Hourly,
        "daily" => Span::Daily,
        "weekly" => Span::Weekly,
        "monthly" => Span::Monthly,
        "yearly" => Span::Yearly,
        _ => return None,
    };
    let count = count.trim().parse().ok()?;
    (1..=COUNT_MAX).contains(&count).then_some((span, count))
}

impl Keep {
    pub(super) fn options(&self) -> KeepOptions {
        // Whatever the rule says, the newest stays.
        let mut options = KeepOptions::default().keep_last(1);
        for (span, count) in &self.0 {
            let place = match span {
                Span::Last => &mut options.keep_last,
                Span::Hourly => &mut options.keep_hourly,
                Span::Daily => &mut options.keep_daily,
                Span::Weekly => &mut options.keep_weekly,
                Span::Monthly => &mut options.keep_monthly,
                Span::Yearly => &mut options.keep_yearly,
            };
            *place = Some(*count);
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_and_anything_else_is_told_how_to_write_one() {
        let rule: Keep = "last 3, daily 7,weekly 4".parse().unwrap();
        assert_eq!(rule.0, [(Span::Last, 3), (Span::Daily, 7), (Span::Weekly, 4)]);
        let options = rule.options();
        assert_eq!((options.keep_last, options.keep_daily, options.keep_monthly), (Some(3), Some(7), None));
        for wrong in ["", "7", "daily", "daily 0", "daily -1", "daily x", "nightly 3", "daily 7;", "daily 99999"] {
            assert!(matches!(wrong.parse::<Keep>(), Err(Error::Invalid { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn the_newest_is_always_kept() {
        assert_eq!("yearly 2".parse::<Keep>().unwrap().options().keep_last, Some(1));
    }
}
