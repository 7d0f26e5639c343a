//! A card laid out for conversion: its lines, its groups and what belongs together, and the lines made so far.

use std::collections::{HashMap, HashSet};

use super::line::{Line, lines};
use crate::card::{
    Card, Version,
    read::{Reading, Service, Weight},
    text,
};

/// What shares a group name.
#[derive(Clone, Debug, Default)]
struct Group {
    /// X-ABLabel: its place, its text.
    label: Option<(usize, String)>,
    /// X-ABADR: its place, its value.
    country: Option<(usize, String)>,
    /// Properties that are neither.
    values: usize,
    /// Whether the one value is of a kind whose label is said anew.
    labelled: bool,
}

pub(super) struct Sheet<'a> {
    pub(super) card: &'a Card,
    pub(super) reading: Reading,
    pub(super) lines: Vec<Line>,
    pub(super) out: Vec<Line>,
    /// N is there, so that SORT-STRING can become its SORT-AS.
    pub(super) has_name: bool,
    pub(super) has_kind: bool,
    pub(super) shows_company: bool,
    /// A SORT-STRING that waits for N.
    pub(super) sort: Option<Line>,
    groups: HashMap<String, Group>,
    taken: HashSet<String>,
    groups_made: usize,
    /// Lines of the source by the address they say.
    address_lines: HashMap<String, usize>,
    /// Days of the source that two members say, by line.
    twins: HashSet<usize>,
}

fn is_labelled(key: &str) -> bool {
    matches!(key, "TEL" | "EMAIL" | "ADR" | "URL" | "X-ABDATE" | "ANNIVERSARY" | "X-ABRELATEDNAMES" | "RELATED")
        || Service::of(key).is_some()
}

/// Lines of anniversaries of the same kind on the same day.
fn twins(reading: &Reading) -> HashSet<usize> {
    let mut days: HashMap<String, Vec<usize>> = HashMap::new();
    for source in reading.sources.iter().filter(|source| source.field == "anniversaries") {
        if let Some(one) = reading.model.anniversaries.get(&source.id) {
            days.entry(format!("{} {:?}", one.kind, one.date)).or_default().push(source.line);
        }
    }
    days.into_values().filter(|lines| lines.len() > 1).flatten().collect()
}

impl<'a> Sheet<'a> {
    pub(super) fn of(card: &'a Card) -> Self {
        let lines = lines(card);
        let version = card.version();
        let mut groups: HashMap<String, Group> = HashMap::new();
        for line in lines.iter().filter(|line| !line.group.is_empty()) {
            let group = groups.entry(line.group.to_ascii_uppercase()).or_default();
            let place = line.from[0];
            match line.key.as_str() {
                "X-ABLABEL" | "X-LABEL" => {
                    group.label.get_or_insert((place, line.text(version)));
                }
                "X-ABADR" => {
                    group.country.get_or_insert((place, line.value.trim().to_owned()));
                }
                "LABEL" => {}
                key => {
                    group.values += 1;
                    group.labelled = is_labelled(key);
                }
            }
        }
        let taken = groups.keys().cloned().collect();
        let has = |key: &str| lines.iter().any(|line| line.key == key);
        let company = |line: &Line| line.key == "X-ABSHOWAS" && line.value.trim().eq_ignore_ascii_case("COMPANY");
        let reading = card.reading(Weight::Light);
        let addresses = reading.sources.iter().filter(|source| source.field == "addresses");
        let mut address_lines = HashMap::new();
        for source in addresses {
            address_lines.entry(source.id.clone()).or_insert(source.line);
        }
        Self {
            twins: twins(&reading),
            address_lines,
            groups_made: 0,
            has_name: has("N"),
            has_kind: has("KIND"),
            shows_company: lines.iter().any(company),
            sort: None,
            card,
            reading,
            // A few more than there were: what a version cannot say otherwise gets a line of its own.
            out: Vec::with_capacity(lines.len() + 8),
            lines,
            groups,
            taken,
        }
    }

    /// Whether the label of a line's group is its own and is said anew with it.
    pub(super) fn manages(&self, line: &Line) -> bool {
        let group = self.groups.get(&line.group.to_ascii_uppercase());
        group.is_some_and(|group| group.values == 1 && group.labelled)
    }

    /// The text of the X-ABLabel beside a line.
    pub(super) fn label(&self, line: &Line) -> Option<String> {
        let label = self.groups.get(&line.group.to_ascii_uppercase())?.label.as_ref()?;
        Some(label.1.clone()).filter(|text| !text.trim().is_empty())
    }

    /// The X-ABADR beside a line.
    pub(super) fn country(&self, line: &Line) -> Option<String> {
        Some(self.groups.get(&line.group.to_ascii_uppercase())?.country.as_ref()?.1.clone())
    }

    /// A line with what stands beside it. A group that is left with one line is none.
    pub(super) fn emit(&mut self, mut line: Line, label: Option<String>, country: Option<String>) {
        let shared = !line.group.is_empty() && !self.manages(&line);
        let companions = if shared {
            [None, country.map(|code| ("X-ABADR", code))]
        } else {
            [
                label.map(|text| ("X-ABLabel", text::escaped(&text::one_line(&text), Version::V30))),
                country.map(|code| ("X-ABADR", code)),
            ]
        };
        if companions.iter().all(Option::is_none) {
            if !shared {
                line.group.clear();
            }
            return self.out.push(line);
        }
        if line.group.is_empty() {
            line.group = self.free_group();
        }
        let (group, own) = (line.group.clone(), line.from.clone());
        let places = self.groups.get(&group.to_ascii_uppercase()).cloned().unwrap_or_default();
        self.out.push(line);
        for (name, value) in companions.into_iter().flatten() {
            let place = if name == "X-ABADR" { &places.country } else { &places.label };
            let from = place.as_ref().map_or_else(|| own.clone(), |(place, _)| vec![*place]);
            self.out.push(Line { group: group.clone(), ..Line::new(name, value, &from) });
        }
    }

    /// A line as it stands; its companions follow on their own.
    pub(super) fn pass(&mut self, line: Line) {
        self.out.push(line);
    }

    /// Whether a line is said by the value it stands beside.
    pub(super) fn is_companion(&self, line: &Line) -> bool {
        matches!(line.key.as_str(), "X-ABLABEL" | "X-LABEL" | "X-ABADR") && self.manages(line)
    }

    pub(super) fn free_group(&mut self) -> String {
        loop {
            self.groups_made += 1;
            let name = format!("item{}", self.groups_made);
            if !self.taken.contains(&name.to_ascii_uppercase()) {
                return name;
            }
        }
    }

    /// Whether another member says the same day: under another property's name the two would be read as one.
    pub(super) fn has_twin(&self, line: &Line) -> bool {
        line.from.first().is_some_and(|line| self.twins.contains(line))
    }

    /// The line of the source that says an address.
    pub(super) fn address_line(&self, id: &str) -> Option<usize> {
        self.address_lines.get(id).copied()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.lines.iter().any(|line| line.key == key)
    }

    /// Puts a line after the first of these that is there, else first of all.
    pub(super) fn insert_after(&mut self, keys: &[&str], line: Line) {
        let at = keys.iter().find_map(|key| self.out.iter().rposition(|one| one.key == *key));
        self.out.insert(at.map_or(0, |at| at + 1), line);
    }
}
