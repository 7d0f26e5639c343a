//! One change of one member: which properties say it, and what of them changes.

use super::{Patch, typed};
use crate::{
    Result,
    card::{
        Change, Version,
        date::Form,
        label::Labelled,
        model::{
            Anniversary, CustomField, EmailAddress, LanguagePref, Nickname, Note, OnlineService, Organization,
            PersonalInfo, Phone, Pronouns, Resource, Title,
        },
        param::Meta,
        write::{Draft, Said, contact, other},
    },
};

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
    pub(super) fn member<T: serde::de::DeserializeOwned>(
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
        let group = self.sheet.group(line);
        let shared = self.sheet.beside(line, |sheet, other| !sheet.is_companion(other));
        self.sheet.delete(line);
        if let Some(group) = group.filter(|_| !shared) {
            self.sheet.companions(group).into_iter().for_each(|other| self.sheet.delete(other));
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
                    Some(line) => self.list(line, None, Some(after.name)),
                    None => {
                        self.add(&draft, None);
                    }
                }
            }
            return Ok(());
        };
        let (Some(before), Some(after)) = (before, after.clone()) else {
            self.list(line, Some(nth.unwrap_or_default()), None);
            return Ok(());
        };
        let (old, new) = (contact::nickname(&before, version), contact::nickname(&after, version));
        if old.value != new.value {
            self.list(line, Some(nth.unwrap_or_default()), Some(after.name));
        }
        self.patch(line, Some(Labelled::Plain), Some(&Draft { value: new.value.clone(), ..old }), &new);
        Ok(())
    }

    /// Notes another value of a list.
    fn list(&mut self, line: usize, nth: Option<usize>, value: Option<String>) {
        self.listed.entry(line).or_default().push((nth, value));
    }

    /// Writes the lists that changed; an empty one goes.
    pub(super) fn write_lists(&mut self) {
        let version = self.version();
        for (line, changes) in std::mem::take(&mut self.listed) {
            if !self.sheet.line(line).set_list(&changes, version) {
                self.remove(line);
            }
        }
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
        if let (None, Some(after), Some(id)) =
            (&change.before, typed::<Organization>(change.after.as_ref())?, &change.id)
            && self.after.titles.values().any(|title| title.organization_id.as_ref() == Some(id))
        {
            let group = self.sheet.new_group();
            self.add(&other::organization(&after, version), Some(&group));
            self.unsayable = true;
            self.companies.insert(id.clone(), group);
            return Ok(());
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
        if let Some(made) = self.companies.get(id) {
            return Some(made.clone());
        }
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
