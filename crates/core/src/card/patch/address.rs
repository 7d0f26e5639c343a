//! An address changed: ADR, and LABEL, country code, GEO and TZ that stand beside it.

use std::collections::HashMap;

use super::{Patch, typed};
use crate::{
    Result,
    card::{
        Change, Version,
        label::Labelled,
        lexer::NO_GROUP,
        model::Address,
        text,
        write::{self, Draft, address},
    },
};

impl Patch<'_> {
    /// ADR with all that stands beside it.
    pub(super) fn address(&mut self, change: &Change) -> Result<()> {
        let id = change.id.clone().unwrap_or_default();
        let (before, after) = (typed::<Address>(change.before.as_ref())?, typed::<Address>(change.after.as_ref())?);
        let lines = self.lines_of("addresses", &id);
        let belongs = self.belongs.get(&id).cloned().unwrap_or_default();
        let Some(after) = after else {
            lines.into_iter().for_each(|line| self.remove(line));
            belongs
                .into_iter()
                .filter(|line| self.sheet.alive(*line))
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|line| self.remove(line));
            return Ok(());
        };
        let style = self.sheet.style.clone();
        match (before, lines.first().copied()) {
            (Some(before), Some(line)) if self.sheet.name(line) == "ADR" => {
                let raw = self.sheet.card.lexed.property(line).value;
                let fine = text::split(&String::from_utf8_lossy(raw), b';').count() > 7;
                let fine = fine || address::needs_fine(&after);
                let (old, new) = (address::address(&before, fine, &style), address::address(&after, fine, &style));
                self.patch(line, Some(Labelled::Address), Some(&old), &new);
                self.beside_address(line, &belongs, &before, &after);
                self.take_along(line, &belongs);
            }
            (_, lines) => {
                for line in lines.into_iter().chain(belongs).collect::<Vec<_>>() {
                    if self.sheet.alive(line) {
                        self.remove(line);
                    }
                }
                self.new_address(&after);
            }
        }
        Ok(())
    }

    /// An address that got a group takes its GEO and TZ into it: ungrouped they would belong to nobody.
    fn take_along(&mut self, line: usize, belongs: &[usize]) {
        let group = self.sheet.line(line).group.clone();
        for &at in belongs.iter().filter(|at| self.sheet.card.lexed.lines[**at].group == NO_GROUP) {
            if !group.is_empty() && self.sheet.alive(at) && matches!(self.sheet.name(at).as_str(), "GEO" | "TZ") {
                self.sheet.line(at).group.clone_from(&group);
            }
        }
    }

    /// An ungrouped LABEL belongs to the only ADR of its types: where another comes to have them, or its own change, the
    /// two get a group.
    pub(super) fn keep_labels(&mut self) {
        let style = self.sheet.style.clone();
        let types = |one: &Address| {
            let mut types = address::address(one, false, &style).types;
            types.sort_unstable();
            types
        };
        let mut many: HashMap<Vec<String>, usize> = HashMap::new();
        for one in self.after.addresses.values().filter(|one| !one.components.is_empty()) {
            *many.entry(types(one)).or_default() += 1;
        }
        let mut lost = Vec::new();
        for (line, id) in &self.reading.belongs {
            let (Some(old), Some(new)) = (self.before.addresses.get(id), self.after.addresses.get(id)) else {
                continue;
            };
            let own = types(new);
            let stray = self.card_group(*line) == NO_GROUP && self.sheet.name(*line) == "LABEL";
            if stray && self.sheet.alive(*line) && (own != types(old) || many.get(&own).is_some_and(|many| *many > 1)) {
                lost.push((*line, id.clone()));
            }
        }
        for (line, id) in lost {
            let Some(adr) = self.lines_of("addresses", &id).first().copied().filter(|adr| self.sheet.alive(*adr))
            else {
                continue;
            };
            if self.sheet.line(adr).group.is_empty() {
                self.sheet.line(adr).group = self.sheet.new_group().into_bytes();
            }
            let belongs = self.belongs.get(&id).cloned().unwrap_or_default();
            self.sheet.line(line).group = self.sheet.line(adr).group.clone();
            self.take_along(adr, &belongs);
        }
    }

    fn card_group(&self, line: usize) -> u32 {
        self.sheet.card.lexed.lines[line].group
    }

    fn new_address(&mut self, one: &Address) {
        let (style, version) = (self.sheet.style.clone(), self.version());
        let mut draft = address::address(one, false, &style);
        let new = version == Version::V40;
        if new {
            draft = draft.param("CC", one.country_code.clone()).param("LABEL", one.full.clone());
        }
        let (geo, zone) = (one.coordinates.as_deref(), one.time_zone.as_deref());
        if new && !one.components.is_empty() {
            draft = draft.param("GEO", geo.map(str::to_owned)).param("TZ", zone.map(str::to_owned));
        }
        let outside = !new || one.components.is_empty();
        let alone = self.after.addresses.len() == 1;
        let needs = !new && one.country_code.is_some()
            || outside && !alone && (one.full.is_some() || geo.is_some() || zone.is_some());
        // Beside a second ungrouped address, an ungrouped GEO or TZ would no longer be the first's; or would be this one's.
        let lexed = &self.sheet.card.lexed;
        let stray = lexed.properties().any(|property| {
            let place = property.name.eq_ignore_ascii_case(b"GEO") || property.name.eq_ignore_ascii_case(b"TZ");
            place && property.group == NO_GROUP
        });
        let group = ((needs || stray) && draft.label.is_none()).then(|| self.sheet.new_group());
        let place = self.sheet.place("ADR");
        // A GEO or TZ alone stands in a group of its own, or it would be taken for the only ungrouped address's.
        let group = if one.components.is_empty() { group } else { self.add_at(place, &draft, group.as_deref()) };
        if outside {
            let code = one.country_code.as_ref().map(|code| Draft::text("X-ABADR", &code.to_ascii_lowercase()));
            let label =
                one.full.as_ref().map(|full| Draft { types: draft.types.clone(), ..Draft::text("LABEL", full) });
            let geo = geo.map(|geo| address::geo(geo, version));
            let zone = zone.map(|zone| address::zone(zone, version));
            for beside in [code.filter(|_| !new), label.filter(|_| !new), geo, zone].into_iter().flatten() {
                self.unsayable |= group.is_some();
                self.sheet.insert(place, &beside, group.as_deref());
            }
        }
    }

    /// LABEL, country code, GEO and TZ: where they stand, else where the version puts them.
    fn beside_address(&mut self, line: usize, belongs: &[usize], before: &Address, after: &Address) {
        let version = self.version();
        let new = version == Version::V40;
        let find = |patch: &Self, name: &str| {
            belongs.iter().copied().find(|at| patch.sheet.name(*at) == name && patch.sheet.alive(*at))
        };
        let group = self.sheet.card.lexed.property(line).group;
        let code = if group == NO_GROUP { None } else { self.reading.companions[group as usize].country };
        let lower = |code: &String| Draft::text("X-ABADR", &code.to_ascii_lowercase());
        let types = write::address::address(after, false, &self.sheet.style).types;
        let label = |full: &String| Draft { types: types.clone(), ..Draft::text("LABEL", full) };
        let geo = |uri: &String| address::geo(uri, version);
        let zone = |name: &String| address::zone(name, version);
        if before.country_code != after.country_code {
            self.beside(line, code, "CC", after.country_code.as_ref(), new, lower);
        }
        if before.full != after.full {
            self.beside(line, find(self, "LABEL"), "LABEL", after.full.as_ref(), new, label);
        }
        if before.coordinates != after.coordinates {
            self.beside(line, find(self, "GEO"), "GEO", after.coordinates.as_ref(), new, geo);
        }
        if before.time_zone != after.time_zone {
            self.beside(line, find(self, "TZ"), "TZ", after.time_zone.as_ref(), new, zone);
        }
    }

    fn beside(
        &mut self,
        line: usize,
        there: Option<usize>,
        param: &'static str,
        value: Option<&String>,
        by_param: bool,
        draft: impl Fn(&String) -> Draft,
    ) {
        let version = self.version();
        let has_param = crate::card::param::param(&self.sheet.line(line).params_raw(), param).is_some();
        match (value, there) {
            (None, there) => {
                self.sheet.line(line).remove_param(param);
                if let Some(there) = there {
                    self.sheet.delete(there);
                }
            }
            (Some(value), None) if has_param || by_param => self.sheet.line(line).set_param(param, value, version),
            (Some(value), Some(there)) => {
                let draft = draft(value);
                self.sheet.line(there).set_value(None, &draft.value, version);
            }
            (Some(value), None) => {
                let mut group = String::from_utf8_lossy(&self.sheet.line(line).group).into_owned();
                if group.is_empty() && (param == "CC" || self.after.addresses.len() > 1) {
                    self.unsayable = true;
                    group = self.sheet.new_group();
                    self.sheet.line(line).group = group.clone().into_bytes();
                }
                self.sheet.insert(line, &draft(value), Some(group.as_str()).filter(|group| !group.is_empty()));
            }
        }
    }
}
