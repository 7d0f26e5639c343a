//! The members of a model one after the other, whatever their types: what is compared and looked through is turned into JSON
//! piece by piece and only where it differs, never a whole contact at once.

use std::any::Any;

use serde::Serialize;
use serde_json::Value;

use super::{
    Model,
    model::{Gender, Members, Name, Other, SpeakToAs, Unplaced},
};

/// One member of a model.
pub(crate) trait Field: Any {
    /// Whether JSON leaves it out.
    fn is_absent(&self) -> bool;

    /// Whether another model's says the same.
    fn same(&self, other: &dyn Field) -> bool;

    /// As JSON.
    fn value(&self) -> Value;

    /// How many it holds, where it may hold several.
    fn count(&self) -> usize {
        self.many().map_or(0, |many| many.ids().count())
    }

    /// Its own members, where it holds several by id.
    fn many(&self) -> Option<&dyn Many> {
        None
    }
}

/// Members by id.
pub(crate) trait Many: Any {
    fn ids(&self) -> Box<dyn Iterator<Item = &String> + '_>;

    /// Whether another model's member of this id says the same.
    fn same(&self, id: &str, other: &dyn Many) -> bool;

    /// A member as JSON.
    fn member(&self, id: &str) -> Option<Value>;
}

fn value(of: &impl Serialize) -> Value {
    tight(serde_json::to_value(of).unwrap_or_default())
}

/// Without the room for more that objects and lists are made with: half of what a member takes.
fn tight(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut exact = serde_json::Map::with_capacity(object.len());
            exact.extend(object.into_iter().map(|(key, value)| (key, tight(value))));
            Value::Object(exact)
        }
        Value::Array(list) => Value::Array(list.into_iter().map(tight).collect::<Box<[Value]>>().into_vec()),
        value => value,
    }
}

fn is<T: PartialEq + 'static>(one: &T, other: &dyn Any) -> bool {
    other.downcast_ref::<T>() == Some(one)
}

macro_rules! whole {
    ($($type:ty),*) => {$(
        impl Field for $type {
            fn is_absent(&self) -> bool {
                *self == Self::default()
            }

            fn same(&self, other: &dyn Field) -> bool {
                is(self, other)
            }

            fn value(&self) -> Value {
                value(self)
            }
        }
    )*};
}

whole!(Option<String>, Option<Name>, Option<SpeakToAs>, Option<Gender>, Other, Vec<Unplaced>);

impl<T: Serialize + PartialEq + 'static> Field for Members<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn same(&self, other: &dyn Field) -> bool {
        is(self, other)
    }

    fn value(&self) -> Value {
        // One by one, so that no more than one is there with its room for more.
        Value::Object(self.iter().map(|(id, one)| (id.clone(), value(one))).collect())
    }

    fn many(&self) -> Option<&dyn Many> {
        Some(self)
    }
}

impl<T: Serialize + PartialEq + 'static> Many for Members<T> {
    fn ids(&self) -> Box<dyn Iterator<Item = &String> + '_> {
        Box::new(self.keys())
    }

    fn same(&self, id: &str, other: &dyn Many) -> bool {
        let other: &dyn Any = other;
        match (self.get(id), other.downcast_ref::<Self>().and_then(|other| other.get(id))) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        }
    }

    fn member(&self, id: &str) -> Option<Value> {
        self.get(id).map(value)
    }
}

impl Model {
    /// Its members by their names, in the order of its JSON; those without a name of their own are in `other`.
    pub(crate) fn fields(&self) -> [(&'static str, &dyn Field); 34] {
        [
            ("uid", &self.uid),
            ("kind", &self.kind),
            ("keywords", &self.keywords),
            ("created", &self.created),
            ("updated", &self.updated),
            ("prodId", &self.prod_id),
            ("language", &self.language),
            ("members", &self.members),
            ("name", &self.name),
            ("nicknames", &self.nicknames),
            ("organizations", &self.organizations),
            ("titles", &self.titles),
            ("speakToAs", &self.speak_to_as),
            ("emails", &self.emails),
            ("phones", &self.phones),
            ("onlineServices", &self.online_services),
            ("preferredLanguages", &self.preferred_languages),
            ("addresses", &self.addresses),
            ("anniversaries", &self.anniversaries),
            ("personalInfo", &self.personal_info),
            ("notes", &self.notes),
            ("relatedTo", &self.related_to),
            ("links", &self.links),
            ("media", &self.media),
            ("cryptoKeys", &self.crypto_keys),
            ("directories", &self.directories),
            ("calendars", &self.calendars),
            ("schedulingAddresses", &self.scheduling_addresses),
            ("localizations", &self.localizations),
            ("rolo:fileAs", &self.file_as),
            ("rolo:gender", &self.gender),
            ("rolo:birthdayText", &self.birthday_text),
            ("rolo:customFields", &self.custom_fields),
            ("vCardProps", &self.vcard_props),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::model::Named;

    #[test]
    fn no_member_of_the_model_is_forgotten() {
        let names: Vec<&str> = Model::default().fields().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, Model::NAMED);
    }
}
