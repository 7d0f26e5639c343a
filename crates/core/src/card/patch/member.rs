//! One change of one member: which properties say it, and what of them changes.

use super::{Patch, typed};
use crate::{
    Result,
    card::{
        Change, Version,
        date::Form,
        label::{self, Labelled},
        lexer::NO_GROUP,
        model::{
            Address, Anniversary, CustomField, EmailAddress, LanguagePref, Nickname, Note, OnlineService, Organization,
            PersonalInfo, Phone, Pronouns, Relation, Resource, Title,
        },
        param::Meta,
        text,
        write::{self, Draft, Said, address, contact, other},
    },
};

/// Properties a label can stand beside: two of them in one group share it.
const LABELLED: &[&str] = &[
    "EMAIL",
    "TEL",
    "ADR",
    "URL",
    "IMPP",
    "X-SOCIALPROFILE",
    "SOCIALPROFILE",
    "X-ABDATE",
    "X-ABRELATEDNAMES",
    "RELATED",
    "CONTACT-URI",
    "CALURI",
    "FBURL",
    "HOBBY",
    "INTEREST",
    "EXPERTISE",
];

impl Patch<'_> {
    /// Makes one change.
    pub(super) fn change(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        match change.field.as_str() {
            "emails" => self.member("emails", change, Some(Labelled::Email), |one: &EmailAddress, _| {
                Some(contact::email(one, version))
            }),
            "phones" => self.phone(change),
            "links" => self.link("links", change),
            "directories" => self.link("directories", change),
            "calendars" => self.link("calendars", change),
            "schedulingAddresses" => self.link("schedulingAddresses", change),
            "onlineServices" => {
                self.member("onlineServices", change, Some(Labelled::Plain), |one: &OnlineService, name| {
                    Some(service(one, version, name))
                })
            }
            "preferredLanguages" => {
                self.member("preferredLanguages", change, Some(Labelled::Plain), |one: &LanguagePref, _| {
                    Some(contact::language(one, version))
                })
            }
            "speakToAs/pronouns" => {
                self.member("speakToAs/pronouns", change, Some(Labelled::Plain), |one: &Pronouns, _| {
                    Some(contact::pronouns(one, version))
                })
            }
            "personalInfo" => {
                self.member("personalInfo", change, None, |one: &PersonalInfo, _| Some(contact::personal(one)))
            }
            "notes" => self.member("notes", change, None, |one: &Note, _| Some(contact::note(one))),
            "rolo:customFields" => self.member("rolo:customFields", change, None, custom),
            "nicknames" => self.nickname(change),
            "organizations" => self.organization(change),
            "titles" => self.title(change),
            "addresses" => self.address(change),
            "anniversaries" => self.anniversary(change),
            "relatedTo" => self.relation(change),
            "media" => self.media("media", change),
            "cryptoKeys" => self.media("cryptoKeys", change),
            "name" => {
                self.names();
                Ok(())
            }
            _ => self.once(change),
        }
    }

    /// A member that one property says; `write` drafts it under the name its line has.
    fn member<T: serde::de::DeserializeOwned>(
        &mut self,
        field: &'static str,
        change: &Change,
        kind: Option<Labelled>,
        write: impl Fn(&T, Option<&str>) -> Option<Draft>,
    ) -> Result<()> {
        let (before, after) = (typed::<T>(change.before.as_ref())?, typed::<T>(change.after.as_ref())?);
        let lines = self.lines_of(field, change.id.as_deref().unwrap_or_default());
        let Some(after) = after else {
            lines.into_iter().for_each(|line| self.remove(line));
            return Ok(());
        };
        let Some(before) = before.filter(|_| !lines.is_empty()) else {
            if let Some(draft) = write(&after, None) {
                self.add(&draft, None);
            }
            return Ok(());
        };
        let mut added = false;
        for line in lines {
            let name = self.sheet.name(line);
            match (write(&before, Some(&name)), write(&after, Some(&name))) {
                (Some(old), Some(new))
                    if old.name.eq_ignore_ascii_case(&name) && new.name.eq_ignore_ascii_case(&name) =>
                {
                    self.patch(line, kind, Some(&old), &new);
                }
                (_, Some(new)) => {
                    self.remove(line);
                    if !std::mem::replace(&mut added, true) {
                        self.add(&new, None);
                    }
                }
                (_, None) => self.remove(line),
            }
        }
        Ok(())
    }

    /// Adds a property, with a group of its own when it has a label.
    pub(super) fn add(&mut self, draft: &Draft, group: Option<&str>) -> Option<String> {
        let place = self.sheet.place(&draft.name.to_ascii_uppercase());
        self.add_at(place, draft, group)
    }

    pub(super) fn add_at(&mut self, place: usize, draft: &Draft, group: Option<&str>) -> Option<String> {
        let own = draft.label.is_some() && group.is_none();
        let group = if own { Some(self.sheet.new_group()) } else { group.map(str::to_owned) };
        self.unsayable |= draft.label.is_some();
        self.check(&draft.value);
        self.sheet.insert(place, draft, group.as_deref());
        if let (Some(label), Some(group)) = (&draft.label, &group) {
            let name = self.sheet.style.label.clone();
            self.sheet.insert(place, &Draft::text(name, label), Some(group));
        }
        group
    }

    /// Deletes a property, and the companions of its group when nothing else is in it.
    pub(super) fn remove(&mut self, line: usize) {
        let beside = self.sheet.beside(line);
        self.sheet.delete(line);
        if beside.iter().all(|other| self.sheet.is_companion(*other)) {
            beside.into_iter().for_each(|other| self.sheet.delete(other));
        }
    }

    /// Gives a line another label: TYPE where it says it, else X-ABLabel.
    pub(super) fn relabel(&mut self, line: usize, kind: Option<Labelled>, after: &Draft) {
        let style = self.sheet.style.clone();
        let known = |word: &str| match kind {
            Some(kind) => label::is_known(kind, word),
            None => label::is_relation_type(word),
        };
        let wanted = |word: &str| after.types.iter().any(|one| one.eq_ignore_ascii_case(word));
        let nothing = after.types.is_empty() && after.label.is_none();
        let profile = self.sheet.name(line).ends_with("SOCIALPROFILE");
        let stays = |word: &str| label::is_silent(word) || wanted(word) || !known(word) && !(nothing && !profile);
        let changed = self.sheet.line(line);
        changed.retype(|word| !stays(word), &after.types, &style);
        if changed.params.iter().any(|param| param.to_ascii_uppercase().starts_with(b"X-LABEL=")) {
            changed.remove_param("X-LABEL");
        }
        if matches!(kind, Some(Labelled::Phone | Labelled::Email)) {
            changed.remove_param("LABEL");
        }
        self.set_label(line, after.label.as_deref());
    }

    fn set_label(&mut self, line: usize, label: Option<&str>) {
        let beside = self.sheet.beside(line);
        let own = beside.iter().copied().find(|other| {
            let name = self.sheet.card.lexed.property(*other).name;
            crate::card::read::is_label(name)
        });
        let shared = beside.iter().any(|other| LABELLED.contains(&self.sheet.name(*other).as_str()));
        match (label, own) {
            (Some(label), Some(own)) if !shared => {
                let version = self.version();
                self.sheet.line(own).set_value(None, &Said::Text(label.to_owned()), version);
            }
            (Some(label), _) => {
                self.unsayable = true;
                // A group that other values share, or none: the label needs one of its own.
                let grouped = self.sheet.group(line).is_some() && !shared && own.is_none();
                let group = match grouped {
                    true => String::from_utf8_lossy(&self.sheet.line(line).group).into_owned(),
                    false => self.sheet.new_group(),
                };
                self.sheet.line(line).group = group.clone().into_bytes();
                let name = self.sheet.style.label.clone();
                self.sheet.insert_first(line, &Draft::text(name, label), Some(&group));
            }
            (None, Some(_)) if shared => self.sheet.line(line).group.clear(),
            (None, Some(own)) => {
                self.sheet.delete(own);
                if beside.len() == 1 {
                    self.sheet.line(line).group.clear();
                }
            }
            (None, None) => {}
        }
    }

    /// TEL: a `VALUE=uri` stays one while the new number can be said as `tel:`.
    fn phone(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        let lines = self.lines_of("phones", change.id.as_deref().unwrap_or_default());
        for line in lines {
            let property = self.sheet.card.lexed.property(line);
            let (old, new) = (typed::<Phone>(change.before.as_ref())?, typed::<Phone>(change.after.as_ref())?);
            if let (true, Some(old), Some(new)) = (Meta::of(property.params).value_is("uri"), old, new)
                && old.number != new.number
            {
                let (before, mut after) = (contact::phone(&old, version), contact::phone(&new, version));
                match tel_uri(&new.number) {
                    Some(uri) => after.value = Said::Raw(uri),
                    None => self.sheet.line(line).remove_param("VALUE"),
                }
                self.patch(line, Some(Labelled::Phone), Some(&before), &after);
                return Ok(());
            }
        }
        self.member("phones", change, Some(Labelled::Phone), |one: &Phone, _| Some(contact::phone(one, version)))
    }

    fn link(&mut self, field: &'static str, change: &Change) -> Result<()> {
        let version = self.version();
        self.member(field, change, Some(Labelled::Link), |one: &Resource, _| Some(contact::link(one, field, version)))
    }

    /// A nickname is one value of a list, its property another's too.
    fn nickname(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        let id = change.id.clone().unwrap_or_default();
        let source = self.lines.get(&("nicknames", id)).and_then(|lines| lines.first().copied());
        let (before, after) = (typed::<Nickname>(change.before.as_ref())?, typed::<Nickname>(change.after.as_ref())?);
        let Some((line, nth)) = source else {
            if let Some(after) = after {
                let draft = contact::nickname(&after, version);
                let plain = draft.types.is_empty() && draft.pref.is_none() && version != Version::V21;
                let list =
                    self.first(&["NICKNAME"]).filter(|line| self.sheet.card.lexed.property(*line).params.is_empty());
                match list.filter(|_| plain) {
                    Some(line) => {
                        self.sheet.line(line).set_nth(usize::MAX, Some(&after.name), version);
                    }
                    None => {
                        self.add(&draft, None);
                    }
                }
            }
            return Ok(());
        };
        let (Some(before), Some(after)) = (before, after.clone()) else {
            if !self.sheet.line(line).set_nth(nth.unwrap_or_default(), None, version) {
                self.remove(line);
            }
            return Ok(());
        };
        let (old, new) = (contact::nickname(&before, version), contact::nickname(&after, version));
        if old.value != new.value {
            self.sheet.line(line).set_nth(nth.unwrap_or_default(), Some(&after.name), version);
        }
        self.patch(line, Some(Labelled::Plain), Some(&Draft { value: new.value.clone(), ..old }), &new);
        Ok(())
    }

    /// ORG; how it sounds stands in a property of its own, for the first.
    fn organization(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        let sound = |value: Option<&serde_json::Value>| -> Result<Option<Draft>> {
            let one = typed::<Organization>(value)?;
            Ok(one.and_then(|one| one.phonetic).map(|sound| Draft::text("X-PHONETIC-ORG", &sound)))
        };
        let (old, new) = (sound(change.before.as_ref())?, sound(change.after.as_ref())?);
        let first = self.after.organizations.keys().next() == change.id.as_ref()
            || self.before.organizations.keys().next() == change.id.as_ref();
        if old != new && first {
            self.scalar(&["X-PHONETIC-ORG", "X-PHONETIC-ORG-NAME"], old.as_ref(), new.as_ref());
        }
        self.member("organizations", change, Some(Labelled::Plain), |one: &Organization, _| {
            Some(other::organization(one, version))
        })
    }

    /// TITLE and ROLE; the company it is held at is the one in its group.
    fn title(&mut self, change: &Change) -> Result<()> {
        let (before, after) = (typed::<Title>(change.before.as_ref())?, typed::<Title>(change.after.as_ref())?);
        let held = |title: &Option<Title>| title.as_ref().and_then(|title| title.organization_id.clone());
        if let (None, Some(after)) = (&before, &after)
            && let Some(group) = after.organization_id.as_deref().and_then(|id| self.company_group(id))
        {
            let lines =
                after.organization_id.as_deref().map(|id| self.lines_of("organizations", id)).unwrap_or_default();
            let place = lines.first().copied().unwrap_or_else(|| self.sheet.place("TITLE"));
            self.add_at(place, &other::title(after), Some(&group));
            return Ok(());
        }
        self.member("titles", change, None, |one: &Title, _| Some(other::title(one)))?;
        let lines = self.lines_of("titles", change.id.as_deref().unwrap_or_default());
        if held(&before) != held(&after)
            && before.is_some()
            && let (Some(line), Some(_)) = (lines.first().copied().filter(|line| self.sheet.alive(*line)), &after)
        {
            let group = held(&after).and_then(|id| self.company_group(&id)).unwrap_or_default();
            self.sheet.line(line).group = group.into_bytes();
        }
        Ok(())
    }

    /// The group of a company's ORG, made where it has none.
    fn company_group(&mut self, id: &str) -> Option<String> {
        let line = *self.lines_of("organizations", id).first()?;
        let there = String::from_utf8_lossy(&self.sheet.line(line).group).into_owned();
        if !there.is_empty() {
            return Some(there);
        }
        self.unsayable = true;
        let group = self.sheet.new_group();
        self.sheet.line(line).group = group.clone().into_bytes();
        Some(group)
    }

    /// ADR with all that stands beside it.
    fn address(&mut self, change: &Change) -> Result<()> {
        let id = change.id.clone().unwrap_or_default();
        let (before, after) = (typed::<Address>(change.before.as_ref())?, typed::<Address>(change.after.as_ref())?);
        let lines = self.lines_of("addresses", &id);
        let belongs: Vec<usize> =
            self.reading.belongs.iter().filter(|(_, home)| *home == id).map(|(line, _)| *line).collect();
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
        let group = if one.components.is_empty() { None } else { self.add_at(place, &draft, group.as_deref()) };
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

    /// A date in the form its old value has, and its place.
    fn anniversary(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        let (before, after) =
            (typed::<Anniversary>(change.before.as_ref())?, typed::<Anniversary>(change.after.as_ref())?);
        let lines = self.lines_of("anniversaries", change.id.as_deref().unwrap_or_default());
        let (places, dates): (Vec<usize>, Vec<usize>) =
            lines.into_iter().partition(|line| self.sheet.name(*line).ends_with("PLACE"));
        let date = |one: &Anniversary, form, name: Option<&str>| other::anniversary(one, version, form, name);
        let mut missing = after.as_ref().is_some_and(|after| after.date.is_some());
        for line in dates {
            let name = self.sheet.name(line);
            let value = String::from_utf8_lossy(self.sheet.card.lexed.property(line).value).into_owned();
            let form = Form::sampled(&value, version);
            let drafts = (
                before.as_ref().and_then(|one| date(one, form, Some(&name))),
                after.as_ref().and_then(|one| date(one, form, Some(&name))),
            );
            match drafts {
                (Some(mut old), Some(new))
                    if new.name.eq_ignore_ascii_case(&name) && old.name.eq_ignore_ascii_case(&name) =>
                {
                    let raw = self.sheet.card.lexed.property(line).params;
                    // The marker may stand there whatever the old value would need.
                    if let Some(marker) = crate::card::param::param(raw, "X-APPLE-OMIT-YEAR") {
                        old.params = vec![("X-APPLE-OMIT-YEAR", marker.into_owned())];
                    }
                    if old.value != new.value {
                        self.unsayable |= !new.params.is_empty();
                    }
                    let same = before.as_ref().map(|one| &one.date) == after.as_ref().map(|one| &one.date);
                    let old =
                        if same { Draft { value: new.value.clone(), params: new.params.clone(), ..old } } else { old };
                    self.patch(line, Some(Labelled::Plain), Some(&old), &new);
                    missing = false;
                }
                _ => self.remove(line),
            }
        }
        if let Some(draft) = after.as_ref().filter(|_| missing).and_then(|one| date(one, Form::of(version), None)) {
            self.unsayable |= !draft.params.is_empty();
            self.add(&draft, None);
        }
        self.place(&places, before.as_ref(), after.as_ref());
        Ok(())
    }

    fn place(&mut self, lines: &[usize], before: Option<&Anniversary>, after: Option<&Anniversary>) {
        let draft = |one: Option<&Anniversary>| one.and_then(|one| other::place(&one.kind, one.place.as_ref()?));
        let (old, new) = (draft(before), draft(after));
        if old == new {
            return;
        }
        match (lines.first(), &new) {
            (Some(line), Some(new)) => self.patch(*line, None, old.as_ref(), new),
            (Some(line), None) => self.remove(*line),
            (None, Some(new)) => {
                self.add(new, None);
            }
            (None, None) => {}
        }
    }

    /// A relation may stand in several properties, one for each label, and in a link.
    fn relation(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        let key = change.id.clone().unwrap_or_default();
        let after = typed::<Relation>(change.after.as_ref())?;
        let lines = self.lines_of("relatedTo", &key);
        let mut wanted = after.as_ref().map(|one| other::relation(&key, one, version)).unwrap_or_default();
        self.unsayable |= wanted.iter().any(|draft| draft.name == "X-ROLO-LINK");
        let mut open = Vec::new();
        for line in lines {
            let now = self.related_now(line);
            match wanted.iter().position(|draft| *draft == now) {
                Some(at) => {
                    wanted.remove(at);
                }
                None => open.push((line, now)),
            }
        }
        for (line, now) in open {
            match wanted.iter().position(|draft| {
                draft.name.eq_ignore_ascii_case(&now.name) && draft.name.eq_ignore_ascii_case(&self.sheet.name(line))
            }) {
                Some(at) => {
                    let new = wanted.remove(at);
                    self.patch(line, None, Some(&now), &new);
                }
                None => self.remove(line),
            }
        }
        for draft in wanted {
            self.add(&draft, None);
        }
        Ok(())
    }

    /// What one relation property says now, as the draft that would say it.
    fn related_now(&self, line: usize) -> Draft {
        let (card, version) = (self.sheet.card, self.version());
        let property = card.lexed.property(line);
        let meta = Meta::of(property.params);
        let name = self.sheet.name(line);
        let value = text::decoded(&property, &meta);
        if name == "X-ROLO-LINK" {
            return Draft::new("X-ROLO-LINK", Said::Structured(text::components(&value, version)));
        }
        let beside =
            (property.group != NO_GROUP).then(|| self.reading.companions[property.group as usize].label).flatten();
        let written = beside.map(|line| card.text(&card.lexed.property(line)));
        let (kinds, label) = label::relation(&meta.types, written.as_deref());
        let uri = name == "RELATED" && !meta.value_is("text");
        let said = if uri {
            Said::Raw(value.trim().to_owned())
        } else {
            Said::Text(text::unescaped(&value, version).trim().to_owned())
        };
        let mut draft = Draft::new(name, said);
        let carriers = label::relation_carriers(version, &kinds, label.as_deref());
        if let Some(first) = carriers.into_iter().next() {
            draft.carry(first);
        }
        if meta.value_is("text") {
            draft = draft.param("VALUE", Some("text".to_owned()));
        }
        draft
    }

    /// PHOTO and its like. A new photo takes the old one's crop and hash with it.
    fn media(&mut self, field: &'static str, change: &Change) -> Result<()> {
        let version = self.version();
        let (before, mut after) =
            (typed::<Resource>(change.before.as_ref())?, typed::<Resource>(change.after.as_ref())?);
        let same = matches!((&before, &after), (Some(old), Some(new)) if old.uri == new.uri);
        if let Some(after) = after.as_mut().filter(|_| !same) {
            if let Some(uri) = self.blobs.get(&after.uri) {
                after.uri.clone_from(uri);
            } else if after.uri.starts_with("rolo:blob:") {
                return Err(crate::Error::invalid(
                    format!("/card/{}", change.path),
                    "This photo is not part of this contact. Send it whole.",
                ));
            }
        }
        if !same && field == "media" && before.as_ref().is_some_and(|old| old.kind.as_deref() == Some("photo")) {
            self.forget_crop();
        }
        let change = Change {
            after: after.map(serde_json::to_value).transpose().map_err(crate::Error::internal)?,
            ..change.clone()
        };
        if same
            && before.as_ref().map(|old| &old.media_type)
                != typed::<Resource>(change.after.as_ref())?.as_ref().map(|new| &new.media_type)
        {
            // The octets say what they are: a media type alone changes nothing.
            let mut only = typed::<Resource>(change.after.as_ref())?;
            if let (Some(new), Some(old)) = (&mut only, &before) {
                new.media_type.clone_from(&old.media_type);
            }
            if only == before {
                return Ok(());
            }
        }
        self.member(field, &change, Some(Labelled::Plain), |one: &Resource, _| {
            Some(contact::media(one, field, version))
        })?;
        Ok(())
    }

    fn forget_crop(&mut self) {
        let lines: Vec<usize> = self.sheet.card.lexed.properties().map(|property| property.index).collect();
        for line in lines {
            let name = self.sheet.name(line);
            if matches!(name.as_str(), "X-ABCROP-RECTANGLE" | "X-IMAGEHASH" | "X-IMAGETYPE") {
                self.sheet.delete(line);
            } else if matches!(name.as_str(), "PHOTO") {
                let gone = |param: &Vec<u8>| {
                    let upper = param.to_ascii_uppercase();
                    upper.starts_with(b"X-ABCROP-RECTANGLE=")
                        || upper.starts_with(b"VND-")
                        || upper.starts_with(b"X-IMAGE")
                };
                if self.sheet.line(line).params.iter().any(gone) {
                    self.sheet.line(line).params.retain(|param| !gone(param));
                }
            }
        }
    }
}

/// A service under the name its line has.
fn service(one: &OnlineService, version: Version, name: Option<&str>) -> Draft {
    let mut draft = contact::service(one, version);
    match name {
        Some("SOCIALPROFILE" | "X-SOCIALPROFILE") if draft.name.ends_with("SOCIALPROFILE") => {
            draft.name = name.map(str::to_owned).unwrap_or_default().into();
        }
        // The value of X-SIP stands without its scheme, too.
        Some("X-SIP") if draft.name == "IMPP" && one.service.is_none() => {
            draft.name = "X-SIP".into();
        }
        _ => {}
    }
    draft
}

/// A custom field under the name its line has, while its label is the one that name says.
fn custom(one: &CustomField, name: Option<&str>) -> Option<Draft> {
    let said = match name {
        Some("NICKNAME") => matches!(one.label.as_str(), "maiden name" | "initials" | "short name"),
        Some(name) if name.starts_with("X-CUSTOM") => one.label == format!("Custom {}", &name[8..]),
        _ => false,
    };
    match name.filter(|_| said) {
        Some(name) => Some(Draft::text(name.to_owned(), &one.value)),
        None => Some(other::custom(one)),
    }
}

/// A number as `tel:` (RFC 3966), when it is international and nothing but a number.
fn tel_uri(number: &str) -> Option<String> {
    if number.starts_with("tel:") {
        return Some(number.to_owned());
    }
    let (number, extension) = match number.find([';', 'x', 'e']) {
        Some(at) => (number[..at].trim_end(), Some(number[at..].trim_start_matches(|c: char| !c.is_ascii_digit()))),
        None => (number, None),
    };
    let digits = number.strip_prefix('+')?;
    let shape = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')');
    if !digits.chars().all(shape) || !digits.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let groups: Vec<&str> = digits.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let tail = match extension {
        Some(extension) if extension.bytes().all(|c| c.is_ascii_digit()) && !extension.is_empty() => {
            format!(";ext={extension}")
        }
        Some(_) => return None,
        None => String::new(),
    };
    Some(format!("tel:+{}{tail}", groups.join("-")))
}
