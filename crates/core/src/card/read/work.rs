//! ORG, TITLE, ROLE: where the person works, as what; which job is where is said by their group.

use std::collections::HashMap;

use super::{Read, Reader};
use crate::card::model::{OrgUnit, Organization, Title};

#[derive(Default)]
pub(super) struct Pending {
    /// Organizations of a group; `None` when it has several.
    organizations: HashMap<u32, Option<String>>,
    /// Titles of a group.
    titles: Vec<(String, u32)>,
}

impl Reader<'_> {
    pub(super) fn work(&mut self, read: &Read<'_>) -> bool {
        match read.name {
            "ORG" => self.organization(read),
            "TITLE" | "ROLE" => self.title(read),
            _ => {
                let sound = self.text(read);
                if self.phonetic_org.is_none() && !sound.trim().is_empty() {
                    self.phonetic_org = Some(sound);
                    return true;
                }
                sound.trim().is_empty()
            }
        }
    }

    fn organization(&mut self, read: &Read<'_>) -> bool {
        let mut values = self.components(read).into_iter().map(|list| list.join(",").trim().to_owned());
        let name = values.next().filter(|name| !name.is_empty());
        let units: Vec<OrgUnit> =
            values.filter(|unit| !unit.is_empty()).map(|name| OrgUnit { name, ..Default::default() }).collect();
        if name.is_none() && units.is_empty() {
            return true;
        }
        let mut value = name.clone().unwrap_or_default();
        for unit in &units {
            value.push(';');
            value.push_str(&unit.name);
        }
        let member = Organization {
            name,
            units,
            sort_as: read.param("SORT-AS").filter(|sort| !sort.is_empty()),
            contexts: self.contexts(read),
            ..Default::default()
        };
        let id = self.add("organizations", read, (&value, None), |model| &mut model.organizations, member);
        if read.grouped() {
            let id = id.to_owned();
            self.work.organizations.entry(read.property.group).and_modify(|one| *one = None).or_insert(Some(id));
        }
        true
    }

    fn title(&mut self, read: &Read<'_>) -> bool {
        let name = self.text(read).trim().to_owned();
        if name.is_empty() {
            return true;
        }
        let kind = (read.name == "ROLE").then(|| "role".to_owned());
        let member = Title { name: name.clone(), kind, ..Default::default() };
        let id = self.add("titles", read, (&name, None), |model| &mut model.titles, member);
        if read.grouped() {
            let id = id.to_owned();
            self.work.titles.push((id, read.property.group));
        }
        true
    }

    pub(super) fn finish_work(&mut self) {
        for (id, group) in std::mem::take(&mut self.work.titles) {
            if let (Some(title), Some(Some(organization))) =
                (self.model.titles.get_mut(&id), self.work.organizations.get(&group))
            {
                title.organization_id = Some(organization.clone());
            }
        }
        if let Some(sound) = self.phonetic_org.take() {
            match self.model.organizations.values_mut().next() {
                Some(first) => first.phonetic = Some(sound),
                None => self.model.vcard_props.push(serde_json::json!(["x-phonetic-org", {}, "text", sound]).into()),
            }
        }
    }
}
