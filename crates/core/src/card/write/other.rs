//! Companies, titles, dates, relations, custom fields, and properties without a place.

use serde_json::Value;

use super::{Draft, Said, param_value};
use crate::card::{
    Version, date,
    label::{self, Carriers},
    model::{Address, Anniversary, CustomField, Gender, Organization, Relation, Set, Title},
    pointer::written,
    relative, text,
};

pub(crate) fn organization(member: &Organization, version: Version) -> Draft {
    let mut parts = vec![vec![member.name.clone().unwrap_or_default()]];
    parts.extend(member.units.iter().map(|unit| vec![unit.name.clone()]));
    Draft::new("ORG", Said::Structured(parts))
        .labelled(label::Labelled::Plain, version, &member.contexts, &Set::new(), None)
        .param("SORT-AS", member.sort_as.clone())
}

pub(crate) fn title(member: &Title) -> Draft {
    Draft::text(if member.kind.as_deref() == Some("role") { "ROLE" } else { "TITLE" }, &member.name)
}

/// The date of an anniversary as a property; `form` is the old value's, `written` the property it came in.
pub(crate) fn anniversary(
    member: &Anniversary,
    version: Version,
    form: date::Form,
    written: Option<&str>,
) -> Option<Draft> {
    let (value, marked) = date::written(member.date.as_ref()?, form)?;
    let wedding = member.kind == "wedding";
    let name = match (member.kind.as_str(), written) {
        ("birth", _) => "BDAY",
        ("death", _) => "DEATHDATE",
        ("wedding", Some(name)) if name != "X-ABDATE" && !name.starts_with("X-ANDROID") => {
            return Some(omitting(Draft::raw(name.to_owned(), &value), marked));
        }
        ("wedding", None) if version == Version::V40 => "ANNIVERSARY",
        _ => "X-ABDATE",
    };
    let mut draft = omitting(Draft::raw(name, &value), marked);
    if name == "X-ABDATE" {
        draft.label = match member.label.as_deref() {
            _ if wedding => Some("_$!<Anniversary>!$_".to_owned()),
            Some("other") => Some("_$!<Other>!$_".to_owned()),
            label => label.map(str::to_owned),
        };
    }
    Some(draft)
}

fn omitting(draft: Draft, marked: bool) -> Draft {
    draft.param("X-APPLE-OMIT-YEAR", marked.then(|| "1604".to_owned()))
}

/// BIRTHPLACE, DEATHPLACE.
pub(crate) fn place(kind: &str, place: &Address) -> Option<Draft> {
    let name = if kind == "birth" { "BIRTHPLACE" } else { "DEATHPLACE" };
    match (&place.full, &place.coordinates) {
        (Some(full), _) => Some(Draft::text(name, full)),
        (None, Some(uri)) => Some(Draft::raw(name, uri).param("VALUE", Some("uri".to_owned()))),
        (None, None) => None,
    }
}

/// A relation: one property for each label it takes, and the link of a linked one.
pub(crate) fn relation(key: &str, member: &Relation, version: Version) -> Vec<Draft> {
    let text = member.vcard_params.get("value").and_then(Value::as_str) == Some("text");
    let name = member.name.as_deref();
    let shown = name.unwrap_or(key);
    let mut drafts: Vec<Draft> = relative::carriers(version, &member.relation, member.label.as_deref())
        .into_iter()
        .map(|said| related(shown, text || name.is_some(), said, version))
        .collect();
    if let Some(name) = name {
        let word = word(member);
        let parts = vec![vec![key.to_owned()], vec![word], vec![name.to_owned()]];
        drafts.push(Draft::new("X-ROLO-LINK", Said::Structured(parts)));
    }
    drafts
}

fn word(member: &Relation) -> String {
    member.label.clone().or_else(|| member.relation.keys().next().cloned()).unwrap_or_default()
}

fn related(shown: &str, is_text: bool, said: Carriers, version: Version) -> Draft {
    // A URI without a name has no form in Apple's dialect; RELATED is read in every version.
    let mut draft = if !is_text {
        Draft::raw("RELATED", shown)
    } else if version == Version::V40 {
        Draft::text("RELATED", shown).param("VALUE", Some("text".to_owned()))
    } else {
        Draft::text("X-ABRELATEDNAMES", shown)
    };
    draft.carry(said);
    draft
}

pub(crate) fn custom(member: &CustomField) -> Draft {
    if member.label == "maiden name" {
        return Draft::text("X-MAIDENNAME", &member.value);
    }
    Draft::new("X-ROLO-FIELD", Said::Structured(vec![vec![member.label.clone()], vec![member.value.clone()]]))
}

pub(crate) fn gender(member: &Gender) -> Draft {
    let mut parts = vec![vec![member.sex.clone().unwrap_or_default()]];
    parts.extend(member.text.iter().map(|text| vec![text.clone()]));
    Draft::new("GENDER", Said::Structured(parts))
}

/// A member no property has, by its pointer.
pub(crate) fn pointer<S: AsRef<str>>(path: &[S], value: &Value, version: Version) -> Draft {
    let (name, json) = (written(path), value.to_string());
    if version == Version::V40 {
        return Draft::text("JSPROP", &json).param("JSPTR", Some(name));
    }
    Draft::new("X-ROLO-JSPROP", Said::Structured(vec![vec![name], vec![json]]))
}

/// A property without a place in the model, from its jCard array. What could break out of its line is refused.
pub(crate) fn unplaced(property: &Value, version: Version) -> Option<Vec<u8>> {
    let name = property.get(0)?.as_str()?;
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
    };
    // KDE writes names with a slash: anything goes that cannot end the name.
    let grouped = property.get(1).and_then(|params| params.get("group")).is_some();
    let fits = |octet: u8| octet.is_ascii_graphic() && !b":;,=\"".contains(&octet) && (octet != b'.' || grouped);
    let name_fits = !name.is_empty() && name.bytes().all(fits);
    if !name_fits || matches!(name.to_ascii_uppercase().as_str(), "BEGIN" | "END" | "VERSION") {
        return None;
    }
    let mut out = String::new();
    let params = property.get(1)?.as_object()?;
    if let Some(group) = params.get("group").and_then(Value::as_str).filter(|group| word(group)) {
        out += group;
        out.push('.');
    }
    out += &name.to_ascii_uppercase();
    for (key, value) in params.iter().filter(|(key, _)| *key != "group" && word(key)) {
        let texts: Vec<&str> = match value {
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect(),
        };
        for text in texts {
            out += &format!(";{}={}", key.to_ascii_uppercase(), param_value(text, version));
        }
    }
    if let Some(kind) =
        property.get(2).and_then(Value::as_str).filter(|kind| *kind != "unknown" && *kind != "text" && word(kind))
    {
        out += &format!(";VALUE={kind}");
    }
    out.push(':');
    let value = match property.get(3)? {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    out += &text::one_line(&value);
    Some(out.into_bytes())
}
