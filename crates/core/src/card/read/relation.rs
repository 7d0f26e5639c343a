//! Relations: RELATED, Apple's X-ABRELATEDNAMES, the older dialects, and Rolo's own link to another contact.

use super::{Read, Reader};
use crate::card::{model::Relation, relative};

/// Older properties that say the relation by their name.
const DIALECTS: &[(&str, &str)] = &[
    ("X-SPOUSE", "spouse"),
    ("X-MS-SPOUSE", "spouse"),
    ("X-EVOLUTION-SPOUSE", "spouse"),
    ("X-KADDRESSBOOK-X-SPOUSESNAME", "spouse"),
    ("X-MANAGER", "manager"),
    ("X-MS-MANAGER", "manager"),
    ("X-EVOLUTION-MANAGER", "manager"),
    ("X-KADDRESSBOOK-X-MANAGERSNAME", "manager"),
    ("X-MANAGERSNAME", "manager"),
    ("X-ASSISTANT", "assistant"),
    ("X-MS-ASSISTANT", "assistant"),
    ("X-EVOLUTION-ASSISTANT", "assistant"),
    ("X-KADDRESSBOOK-X-ASSISTANTSNAME", "assistant"),
    ("X-MS-CHILD", "child"),
    ("X-CHILDREN", "child"),
];

pub(super) fn is_relation(name: &str) -> bool {
    matches!(name, "RELATED" | "X-ABRELATEDNAMES" | "X-ROLO-LINK") || DIALECTS.iter().any(|(one, _)| *one == name)
}

/// A relation property as read, before names are joined with their links.
struct Named {
    line: usize,
    key: String,
    is_text: bool,
    relation: crate::card::model::Set,
    label: Option<String>,
    name: Option<String>,
}

#[derive(Default)]
pub(super) struct Pending {
    named: Vec<Named>,
    /// X-ROLO-LINK: line, uid, name.
    links: Vec<(usize, String, String)>,
}

impl Reader<'_> {
    pub(super) fn relations(&mut self, read: &Read<'_>) -> bool {
        if read.name == "X-ROLO-LINK" {
            let mut values = self.components(read).into_iter().map(|list| list.join(","));
            if let (Some(uid), Some(_), Some(name)) = (values.next(), values.next(), values.next()) {
                self.relation.links.push((read.property.index, uid, name));
                return true;
            }
            return false;
        }
        let dialect = DIALECTS.iter().find(|(one, _)| *one == read.name).map(|(_, word)| *word);
        let written = dialect.map(str::to_owned).or_else(|| self.label_text(read));
        let (relation, label) = relative::relation(&read.meta.types, written.as_deref());
        let uri = read.name == "RELATED" && !read.meta.value_is("text");
        let key = if uri { self.uri(read) } else { self.text(read).trim().to_owned() };
        if key.is_empty() {
            return true;
        }
        let linked = read.param("UID").filter(|uid| read.name == "X-MANAGERSNAME" && !uid.is_empty());
        let is_text = linked.is_none() && (!uri || !super::contact::is_uri(&key));
        let (key, name) = match linked {
            Some(uid) => (uid, Some(key)),
            None => (key, None),
        };
        self.relation.named.push(Named { line: read.property.index, key, is_text, relation, label, name });
        true
    }

    /// Joins names with links of the same name, and several relations to one key.
    pub(super) fn finish_relations(&mut self) {
        let pending = std::mem::take(&mut self.relation);
        let mut links: std::collections::HashMap<&str, Vec<&(usize, String, String)>> =
            std::collections::HashMap::new();
        for link in pending.links.iter().rev() {
            links.entry(link.2.as_str()).or_default().push(link);
        }
        let mut met = std::collections::HashSet::new();
        for mut one in pending.named {
            let link = if one.is_text {
                links
                    .get_mut(one.key.as_str())
                    .and_then(|all| if all.len() > 1 { all.pop() } else { all.last().copied() })
            } else {
                None
            };
            if let Some((line, uid, name)) = link {
                one.name = Some(name.clone());
                one.key.clone_from(uid);
                one.is_text = false;
                if met.insert(*line) {
                    self.source("relatedTo", uid, *line);
                }
            }
            let member = self.model.related_to.get_or_default(&one.key);
            merge(member, &one);
            self.source("relatedTo", &one.key, one.line);
        }
    }
}

fn merge(member: &mut Relation, one: &Named) {
    member.relation.extend(one.relation.iter().map(|(kind, on)| (kind.clone(), *on)));
    if member.label.is_none() {
        member.label.clone_from(&one.label);
    }
    if member.name.is_none() {
        member.name.clone_from(&one.name);
    }
    if one.is_text {
        member.vcard_params.insert("value".to_owned(), "text".into());
    }
}
