//! The name, and what a card says once: labels, kind, gender, members without a property.

use std::collections::HashSet;

use serde_json::Value;

use super::{Patch, keys, typed};
use crate::{
    Result,
    card::{
        Change, Version, is_categories,
        label::Labelled,
        model::{Gender, Name},
        param::Meta,
        text, trimmed_nfc,
        write::{Draft, Said, name, other},
    },
};

impl Patch<'_> {
    /// N, the sounds of its parts, and what it sorts by. FN comes last, when everything it may follow is known.
    pub(super) fn names(&mut self) {
        let (old, new) = (self.before.name.clone().unwrap_or_default(), self.after.name.clone().unwrap_or_default());
        let line = self.lines_of("name", "N").first().copied().or_else(|| self.first(&["N"]));
        self.components(line, &old, &new);
        self.sounds(&old, &new);
        if old.sort_as != new.sort_as {
            self.sort_as(line, &new);
        }
    }

    fn components(&mut self, line: Option<usize>, old: &Name, new: &Name) {
        let values =
            |one: &Name| one.components.iter().map(|part| (part.kind.clone(), part.value.clone())).collect::<Vec<_>>();
        let same = values(old) == values(new);
        let seven = self.version() != Version::V21;
        let draft = |one: &Name| Draft::new("N", Said::Structured(name::components(one, seven)));
        match line {
            Some(_) if same => {}
            Some(line) => {
                // A group's `N:name` holds what the model says as FN alone.
                let lone = old.components.is_empty();
                let before = draft(old);
                self.patch(line, None, Some(&before).filter(|_| !lone), &draft(new));
                self.sheet.line(line).remove_param("JSCOMPS");
            }
            None => {
                let sort = name::sort_both(new);
                if !same || sort.is_some() {
                    self.add(&draft(new).param("SORT-AS", sort), None);
                }
            }
        }
    }

    /// SORT-AS on N and SORT-STRING, each where it stands; one with a given name needs N, which has room for two.
    fn sort_as(&mut self, line: Option<usize>, new: &Name) {
        let string = self.first(&["SORT-STRING"]);
        let surname = new.sort_as.get("surname").cloned().unwrap_or_default();
        let both = name::sort_both(new);
        let has =
            |line: usize| crate::card::param::param(self.sheet.card.lexed.property(line).params, "SORT-AS").is_some();
        let on_name =
            line.filter(|line| both.is_some() || has(*line) || self.version() == Version::V40 && string.is_none());
        if let Some(line) = on_name {
            let version = self.version();
            match both.clone().or(Some(name::sort_surname(&surname)).filter(|surname| !surname.is_empty())) {
                Some(sort) => self.sheet.line(line).set_param("SORT-AS", &sort, version),
                None => self.sheet.line(line).remove_param("SORT-AS"),
            }
        }
        // Where N says it, or has come to say it, SORT-STRING only follows.
        if string.is_some() || on_name.is_none() && both.is_none() {
            let draft = (!surname.is_empty()).then(|| Draft::text("SORT-STRING", &surname));
            self.scalar(&["SORT-STRING"], None, draft.as_ref());
        }
    }

    /// FN: what was wanted, or composed anew where it was composed before.
    pub(super) fn full_name(&mut self) {
        let full = |model: &crate::card::Model| model.name.as_ref().and_then(|name| name.full.clone());
        let (old, wanted) = (full(&self.before), full(&self.after));
        let line = self.lines_of("name", "FN").first().copied().or_else(|| self.first(&["FN"]));
        let derived = line.is_some_and(|line| {
            crate::card::param::param(self.sheet.card.lexed.property(line).params, "DERIVED")
                .is_some_and(|said| said.eq_ignore_ascii_case("true"))
        });
        let new = if derived {
            Some(name::composed(&self.after))
        } else if wanted != old {
            Some(wanted.unwrap_or_else(|| name::composed(&self.after)))
        } else {
            old.as_deref().and_then(|old| name::recomposed(old, &self.before, &self.after))
        };
        let Some(new) = new.filter(|new| Some(new) != old.as_ref()) else { return };
        match line {
            Some(line) => {
                let version = self.version();
                self.sheet.line(line).set_value(None, &Said::Text(new), version);
            }
            None => {
                self.add(&Draft::text("FN", &new), None);
            }
        }
    }

    /// What stands on the card once.
    pub(super) fn once(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let (old, new) = (text(change.before.as_ref()), text(change.after.as_ref()));
        let drafts = |name: &'static str| {
            (old.as_deref().map(|text| Draft::text(name, text)), new.as_deref().map(|text| Draft::text(name, text)))
        };
        match change.field.as_str() {
            "kind" => self.kind(new.as_deref()),
            "uid" => self.pair(&["UID"], drafts("UID")),
            "language" => self.pair(&["LANGUAGE"], drafts("LANGUAGE")),
            "rolo:fileAs" => self.pair(&["X-EVOLUTION-FILE-AS"], drafts("X-EVOLUTION-FILE-AS")),
            "rolo:birthdayText" => {
                let text = |one: &String| Draft::text("BDAY", one).param("VALUE", Some("text".to_owned()));
                let there = old.as_ref().and_then(|_| self.first(&["BDAY"]));
                // A date may have come in its place, in a line of its own.
                match (there, &new) {
                    (Some(line), Some(new)) => self.patch(line, None, old.as_ref().map(text).as_ref(), &text(new)),
                    (Some(line), None) => self.remove(line),
                    (None, Some(new)) => {
                        self.add(&text(new), None);
                    }
                    (None, None) => {}
                }
            }
            "rolo:gender" => {
                let draft = |value: Option<&Value>| -> Result<Option<Draft>> {
                    Ok(typed::<Gender>(value)?.map(|one| other::gender(&one)))
                };
                let (old, new) = (draft(change.before.as_ref())?, draft(change.after.as_ref())?);
                let names = ["GENDER", "X-GENDER", "X-EVOLUTION-GENDER"];
                let plain = self.first(&names).is_some_and(|line| self.sheet.name(line) == "X-GENDER");
                self.scalar(&names, old.as_ref().filter(|_| !plain), new.as_ref());
            }
            "speakToAs/grammaticalGender" => {
                let draft = |text: &String| Draft::text("GRAMGENDER", &text.to_ascii_uppercase());
                self.scalar(&["GRAMGENDER"], old.as_ref().map(draft).as_ref(), new.as_ref().map(draft).as_ref());
            }
            "vCardProps" => {
                if let Some(line) = change.after.as_ref().and_then(|property| other::unplaced(property, version)) {
                    let place = self.sheet.place("X-");
                    self.sheet.insert_line(place, line, false);
                }
            }
            "localizations" => {
                let all = self.after.localizations.to_value();
                let all = (!self.after.localizations.is_empty()).then_some(&all);
                self.pointer("localizations", all);
            }
            field => self.pointer(field, change.after.as_ref()),
        }
        Ok(())
    }

    fn pair(&mut self, names: &[&str], (old, new): (Option<Draft>, Option<Draft>)) {
        self.scalar(names, old.as_ref(), new.as_ref());
    }

    /// CATEGORIES: names more, names less. The first property takes new ones.
    pub(super) fn keywords(&mut self, changes: &[Change]) {
        let of = |gone: bool| {
            let all = changes.iter().filter(move |change| change.field == "keywords" && change.after.is_none() == gone);
            all.filter_map(|change| change.id.as_deref())
        };
        let (gone, new): (HashSet<&str>, Vec<&str>) = (of(true).collect(), of(false).collect());
        let lines = self.category_lines();
        if !gone.is_empty() {
            lines.iter().for_each(|line| self.rewrite_keywords(*line, &|name| gone.contains(name), None));
        }
        if new.is_empty() {
            return;
        }
        self.unsayable |= new.iter().any(|name| name.contains(','));
        match lines.first().copied().filter(|line| self.sheet.alive(*line)) {
            Some(line) => self.append_keywords(line, &new),
            None => {
                let place = self.sheet.place("CATEGORIES");
                let value = Said::Structured(vec![new.into_iter().map(str::to_owned).collect()]);
                self.sheet.insert(place, &Draft::new("CATEGORIES", value), None);
            }
        }
    }

    fn category_lines(&self) -> Vec<usize> {
        let all = self.sheet.card.lexed.properties().filter(|property| is_categories(property.name));
        all.map(|property| property.index).collect()
    }

    /// The raw parts of a CATEGORIES value and what separates them.
    fn keyword_parts(&mut self, line: usize) -> (Vec<String>, char) {
        let version = self.version();
        let written = self.sheet.line(line);
        let raw = written.params_raw();
        let meta = Meta::of(&raw);
        let bytes =
            if meta.quoted_printable { text::unquoted_printable(&written.value) } else { written.value.clone() };
        let value = text::characters(bytes.into(), meta.charset.as_deref()).into_owned();
        let semicolons = if version == Version::V21 {
            text::split_21(&value)
        } else {
            text::split(&value, b';').map(str::to_owned).collect()
        };
        let separator = if semicolons.len() > 1 { ';' } else { ',' };
        let parts = if separator == ';' { semicolons } else { text::split(&value, b',').map(str::to_owned).collect() };
        (parts, separator)
    }

    /// Every value of such a name in a property: another in its place, or gone.
    fn rewrite_keywords(&mut self, line: usize, is: &dyn Fn(&str) -> bool, new: Option<&str>) {
        if !self.sheet.alive(line) {
            return;
        }
        let version = self.version();
        let (parts, separator) = self.keyword_parts(line);
        let is = |part: &String| is(&trimmed_nfc(&text::unescaped(part, version)));
        if !parts.iter().any(is) {
            return;
        }
        let new = new.map(|new| text::escaped(new, version));
        let parts: Vec<String> =
            parts.into_iter().filter_map(|part| if is(&part) { new.clone() } else { Some(part) }).collect();
        if parts.iter().all(|part| part.trim().is_empty()) {
            self.remove(line);
        } else {
            self.sheet.line(line).set_escaped(&parts.join(&separator.to_string()), version);
        }
    }

    fn append_keywords(&mut self, line: usize, names: &[&str]) {
        let version = self.version();
        let (mut parts, separator) = self.keyword_parts(line);
        parts.retain(|part| !part.trim().is_empty());
        parts.extend(names.iter().map(|name| text::escaped(name, version)));
        self.sheet.line(line).set_escaped(&parts.join(&separator.to_string()), version);
    }

    /// MEMBER of a group card: each uid for itself.
    pub(super) fn group_members(&mut self, changes: &[Change]) {
        let names = ["MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"];
        let mut gone = HashSet::new();
        for change in changes.iter().filter(|change| change.field == "members") {
            let uid = change.id.as_deref().unwrap_or_default();
            if change.after.is_none() {
                gone.insert(uid.as_bytes());
                continue;
            }
            let new = self.version() == Version::V40;
            let name = self.first(&names).map(|line| self.sheet.name(line));
            let name = name.unwrap_or_else(|| names[usize::from(!new)].to_owned());
            self.add(&Draft::raw(name, uid), None);
        }
        if gone.is_empty() {
            return;
        }
        let is = |name: &[u8]| names.iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes()));
        let lexed = &self.sheet.card.lexed;
        let all = lexed.properties().filter(|one| is(one.name) && gone.contains(one.value.trim_ascii()));
        let gone: Vec<usize> = all.map(|property| property.index).collect();
        gone.into_iter().for_each(|line| self.remove(line));
    }

    /// What kind of contact it is: Apple's property for companies and groups, KIND in 4.0, both where both are needed.
    fn kind(&mut self, new: Option<&str>) {
        let four = self.version() == Version::V40;
        let wanted = [
            ("X-ABSHOWAS", Draft::text("X-ABShowAs", "COMPANY"), new == Some("org")),
            (
                "X-ADDRESSBOOKSERVER-KIND",
                Draft::text("X-ADDRESSBOOKSERVER-KIND", "group"),
                new == Some("group") && !four,
            ),
            (
                "KIND",
                Draft::text("KIND", new.unwrap_or_default()),
                new.is_some() && (four || !matches!(new, Some("org" | "group"))),
            ),
        ];
        for (name, draft, wanted) in wanted {
            self.scalar(&[name], None, Some(&draft).filter(|_| wanted));
        }
    }

    /// A member no property has.
    fn pointer(&mut self, name: &str, value: Option<&Value>) {
        let version = self.version();
        let draft = value.map(|value| other::pointer(&[name], value, version));
        let there = self.pointers.get(name).copied();
        match (there, draft) {
            (Some(line), Some(draft)) if self.sheet.name(line) == draft.name => {
                self.patch(line, Some(Labelled::Plain), None, &draft)
            }
            (Some(line), draft) => {
                self.remove(line);
                if let Some(draft) = draft {
                    self.add(&draft, None);
                }
            }
            (None, Some(draft)) => {
                self.add(&draft, None);
            }
            (None, None) => {}
        }
    }

    /// Names of the labels that are gone, for a rename in place.
    pub(super) fn renamed(&self) -> Option<(String, String)> {
        let gone: Vec<&String> =
            keys(&self.before.keywords).filter(|name| !self.after.keywords.contains_key(*name)).collect();
        let new: Vec<&String> =
            keys(&self.after.keywords).filter(|name| !self.before.keywords.contains_key(*name)).collect();
        match (gone.as_slice(), new.as_slice()) {
            ([gone], [new]) => Some(((*gone).clone(), (*new).clone())),
            _ => None,
        }
    }

    /// One label gone and one new is a rename: the new name stands where the old one stood.
    pub(super) fn rename_keyword(&mut self, old: &str, new: &str) {
        self.unsayable |= new.contains(',');
        self.category_lines().into_iter().for_each(|line| self.rewrite_keywords(line, &|name| name == old, Some(new)));
    }
}
