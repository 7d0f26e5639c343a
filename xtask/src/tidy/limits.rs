//! Every row of the table in `docs/limits.md` says the numbers its constants hold, and names a constant for each number.
//!
//! A row: `| what | 512 MiB; 100 files | `core/src/import/limit.rs` `FILE_BYTES_MAX` `FILES_MAX` |`, paths from `crates/`.

use super::Finding;
use super::tree::Tree;

const PATH: &str = "docs/limits.md";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(PATH) else {
        return vec![Finding::new(PATH, "is missing", "give each limit a row with its constant")];
    };
    let lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("|---"));
    let rows = lines.skip(1).take_while(|(_, line)| line.starts_with('|'));
    rows.flat_map(|(at, line)| {
        let place = format!("{PATH}:{}", at + 1);
        wrong(tree, line).into_iter().map(move |(what, cure)| Finding::new(&place, what, cure))
    })
    .collect()
}

/// What is wrong with a row, and its cure.
fn wrong(tree: &Tree, line: &str) -> Vec<(String, &'static str)> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [_, said, named] = cells[..] else { return vec![("has not three cells".into(), "what, limit, where")] };
    let said = quantities(said);
    let mut wrong = Vec::new();
    let mut held = Vec::new();
    let mut file = "";
    for name in named.split('`').skip(1).step_by(2) {
        if name.contains('/') {
            file = name;
            continue;
        }
        let path = format!("crates/{file}");
        let Some(text) = tree.text(&path) else {
            wrong.push((format!("names {path}, which is not there"), "mend the path"));
            continue;
        };
        match constant(text, name) {
            Some(value) if said.iter().any(|quantity| quantity.may_be.contains(&value)) => held.push(value),
            Some(value) => wrong.push((format!("does not say what {name} is: {value}"), "write the number")),
            None => wrong.push((format!("{path} holds no number {name}"), "mend the name")),
        }
    }
    let unheld = said.iter().filter(|quantity| !quantity.may_be.iter().any(|value| held.contains(value)));
    wrong.extend(
        unheld.map(|quantity| (format!("says {}, which no constant holds", quantity.said), "name the constant")),
    );
    wrong
}

/// A number of a sentence, with what it may be in the units of constants.
struct Quantity {
    said: String,
    may_be: Vec<u64>,
}

/// Octets of a unit, or seconds.
const UNITS: &[(&str, u64)] = &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
const TIMES: &[(&str, u64)] =
    &[("s", 1), ("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400), ("year", 365 * 86_400)];

fn quantities(text: &str) -> Vec<Quantity> {
    let mut words = text.split_whitespace().peekable();
    let mut all = Vec::new();
    while let Some(word) = words.next() {
        let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
        let number = if bare == "one" { Some(1) } else { bare.replace(',', "").parse::<u64>().ok() };
        let Some(number) = number else { continue };
        // A sign behind the number ends it: the next word is no unit of it.
        let unit = words.peek().filter(|_| word.ends_with(bare)).copied().unwrap_or_default();
        let unit = unit.trim_end_matches(|sign: char| !sign.is_alphanumeric());
        let octets = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, octets)| number * octets);
        let time = TIMES.iter().find(|(name, _)| *name == unit || unit.strip_suffix('s') == Some(name));
        let may_be = match (octets, time) {
            (Some(octets), _) => vec![octets],
            (None, Some((_, seconds))) => vec![number, number * seconds, number * seconds * 1_000],
            // "one place" is no limit; "one year" is.
            (None, None) if bare == "one" => continue,
            (None, None) => vec![number],
        };
        all.push(Quantity { said: format!("{bare} {unit}").trim_end().to_owned(), may_be });
    }
    all
}

/// The value of `const NAME: … = …;`, of numbers, `*`, `+`, `<<` and other constants of the file. A duration is its seconds.
fn constant(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| {
        line.split_once("const ").is_some_and(|(_, rest)| rest.split(':').next().is_some_and(|known| known == name))
    })?;
    let value = line.split_once('=')?.1.trim().strip_suffix(';')?;
    value_of(text, value.strip_prefix("Duration::from_secs(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(value))
}

fn value_of(text: &str, expression: &str) -> Option<u64> {
    if let Some((left, right)) = expression.split_once("<<") {
        return value_of(text, left)?.checked_shl(u32::try_from(value_of(text, right)?).ok()?);
    }
    if let Some((left, right)) = expression.split_once('+') {
        return value_of(text, left)?.checked_add(value_of(text, right)?);
    }
    if let Some((left, right)) = expression.split_once('*') {
        return value_of(text, left)?.checked_mul(value_of(text, right)?);
    }
    let word = expression.trim();
    word.replace('_', "").parse().ok().or_else(|| constant(text, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: &str = "pub const FILE_BYTES_MAX: u64 = 512 << 20;\nconst DAY_MS: i64 = 24 * 3600 * 1000;\n\
        const KEPT_MS: i64 = 365 * DAY_MS;\nconst TIME: Duration = Duration::from_secs(15);\npub(super) const ROWS_MAX: usize = 1_000_000;\n";

    fn found(row: &str) -> Vec<String> {
        let docs = format!(
            "# Limits\n\n| what | limit | where |\n|---|---|---|\n{row}\n\n| what | Google CSV |\n|---|---|\n| star | 3 |\n"
        );
        let tree = Tree::of(&[(PATH, &docs), ("crates/core/src/limit.rs", LIMIT)]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_row_that_says_what_its_constants_hold_is_fine() {
        for row in [
            "| a file | 512 MiB | `core/src/limit.rs` `FILE_BYTES_MAX` |",
            "| a file; rows | 512 MiB; 1,000,000 | `core/src/limit.rs` `FILE_BYTES_MAX` `ROWS_MAX` |",
            "| the history | kept for one year | `core/src/limit.rs` `KEPT_MS` |",
            "| headers | whole within 15 s, from one place | `core/src/limit.rs` `TIME` |",
        ] {
            assert_eq!(found(row), [] as [&str; 0], "{row}");
        }
    }

    #[test]
    fn another_number_a_missing_constant_and_a_number_nobody_holds_are_found() {
        let one = |row: &str| {
            let all = found(row);
            all.first().cloned().unwrap_or_default()
        };
        assert!(one("| a file | 511 MiB | `core/src/limit.rs` `FILE_BYTES_MAX` |").contains("536870912"));
        assert!(one("| rows | 1,000,000 | `core/src/limit.rs` `ROWS` |").contains("holds no number ROWS"));
        assert!(one("| rows | 1,000,000 | `core/src/gone.rs` `ROWS_MAX` |").contains("not there"));
        assert!(one("| rows | 1,000,000 | `core/src/limit.rs` |").contains("which no constant holds"));
        assert!(one("| a; b | 1,000,000; 7 days | `core/src/limit.rs` `ROWS_MAX` |").contains("says 7 days, which no"));
        assert!(one("| the history | 400 days | `core/src/limit.rs` `KEPT_MS` |").contains("KEPT_MS is"));
        assert!(check(&Tree::of(&[]))[0].what.contains("is missing"));
    }
}
