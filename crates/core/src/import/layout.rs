//! What the columns of a table say together: which of them are one value, one address, one job. Made once per file.

use std::collections::{HashMap, HashSet};

use super::{
    carried, cell,
    dialect::Format,
    field::{Column, Field, Kind, LABEL, PARTS, VALUE},
};

/// What is done with a column's cells.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Nothing: the person leaves it out.
    Skip,
    /// It is a field of its own.
    One(Field),
    /// It is a part of a group.
    Part(usize, usize),
}

/// A group of columns.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) kind: Kind,
    /// What its values carry when no column says a label.
    pub(super) label: String,
    /// The column's name, where what is in it has no field of its own.
    pub(super) strange: bool,
}

/// The columns of a file, ready to read its rows.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(super) format: Format,
    pub(super) steps: Vec<Step>,
    pub(super) slots: Vec<Slot>,
    /// `3/4/2020` is the third of April.
    pub(super) day_first: bool,
}

/// The cells of a row, taken apart by the layout.
pub(super) struct Cells<'a> {
    pub(super) ones: Vec<(Field, &'a str)>,
    pub(super) groups: Vec<[&'a str; PARTS]>,
    /// Further lines of a part: group, part, text.
    pub(super) more: Vec<(usize, usize, &'a str)>,
}

impl Layout {
    /// What these columns say.
    pub(crate) fn new(format: Format, columns: &[Column], day_first: bool) -> Self {
        let key = |kind: Kind, column: &Column| (kind, column.group, column.label.to_lowercase());
        let labelled: HashSet<(Kind, u16, String)> = columns
            .iter()
            .filter_map(|column| Some(key(column.field.filter(|field| field.qualifies())?.part()?.0, column)))
            .collect();
        let mut layout = Self { format, steps: Vec::with_capacity(columns.len()), slots: Vec::new(), day_first };
        let mut known: HashMap<(Kind, u16, String), usize> = HashMap::new();
        for column in columns {
            while layout.steps.len() < column.index {
                layout.steps.push(Step::Skip);
            }
            let step = match column.field {
                None => Step::Skip,
                Some(field) => match field.part() {
                    None => Step::One(field),
                    Some((kind, part)) => {
                        let key = key(kind, column);
                        let shared = matches!(kind, Kind::Address | Kind::Work) || labelled.contains(&key);
                        let slot = match known.get(&key).filter(|_| shared) {
                            Some(slot) => *slot,
                            None => layout.slot(kind, column),
                        };
                        known.insert(key, slot);
                        Step::Part(slot, part)
                    }
                },
            };
            layout.steps.push(step);
        }
        layout
    }

    fn slot(&mut self, kind: Kind, column: &Column) -> usize {
        let strange = kind == Kind::Custom && column.field == Some(Field::Custom) && column.group == 0;
        let label = if column.label.is_empty() && strange { &column.header } else { &column.label };
        self.slots.push(Slot { kind, label: label.clone(), strange });
        self.slots.len() - 1
    }

    /// Takes a row apart.
    pub(super) fn cells<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Cells<'a> {
        let mut out =
            Cells { ones: Vec::with_capacity(16), groups: vec![[""; PARTS]; self.slots.len()], more: Vec::new() };
        for (step, cell) in self.steps.iter().zip(cells) {
            let text = cell::meant(cell);
            if text.trim_ascii().is_empty() {
                continue;
            }
            match step {
                Step::Skip => {}
                Step::One(field) => out.ones.push((*field, text)),
                Step::Part(slot, part) if out.groups[*slot][*part].is_empty() => out.groups[*slot][*part] = text,
                Step::Part(slot, part) => out.more.push((*slot, *part, text)),
            }
        }
        out
    }

    /// Whether a custom field of this name stands for something else: then it is no custom field.
    pub(super) fn carried<'a>(&self, name: &'a str) -> Option<carried::Carried<'a>> {
        carried::carried(name, self.format == Format::OutlookCsv)
    }
}

impl Cells<'_> {
    /// Whether a group has anything but a label.
    pub(super) fn is_filled(&self, slot: usize) -> bool {
        let group = &self.groups[slot];
        group[VALUE..].iter().any(|part| !part.is_empty()) && (group.len() > LABEL)
    }
}
