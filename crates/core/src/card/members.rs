//! An object of members by their ids, in their order: what JSON writes as `{"id": …}`.
//!
//! A contact has few of a kind. Few are a list that is looked through, without a table beside it and without room for more;
//! beyond [`FEW_MAX`] they are found by their hash. A set is such an object whose members are `true`.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    hash::{BuildHasher as _, RandomState},
    marker::PhantomData,
    ops::{Index, IndexMut},
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

/// How many are looked through.
const FEW_MAX: usize = 16;

/// Members of one kind by their id (RFC 9553 §1.4.1), in the order of the card.
#[derive(Clone)]
pub struct Members<T> {
    list: Vec<(String, T)>,
    places: Option<Box<Places>>,
}

/// Where the keys of a long list are, by their hash. Of two keys with one hash only the first is found here.
#[derive(Clone, Default)]
struct Places {
    at: HashMap<u64, u32>,
    hasher: RandomState,
}

impl Places {
    fn of<T>(list: &[(String, T)]) -> Self {
        let mut places = Self::default();
        places.at.reserve(list.len());
        list.iter().enumerate().for_each(|(at, (key, _))| places.note(key, at));
        places
    }

    fn note(&mut self, key: &str, at: usize) {
        if let Entry::Vacant(place) = self.at.entry(self.hasher.hash_one(key)) {
            place.insert(at as u32);
        }
    }
}

impl<T> Members<T> {
    /// None yet.
    pub const fn new() -> Self {
        Self { list: Vec::new(), places: None }
    }

    /// None yet, with room for as many.
    pub fn with_capacity(count: usize) -> Self {
        Self { list: Vec::with_capacity(count), places: None }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn place(&self, key: &str) -> Option<usize> {
        let look = || self.list.iter().position(|(own, _)| own == key);
        let Some(places) = &self.places else { return look() };
        let at = *places.at.get(&places.hasher.hash_one(key))? as usize;
        if self.list.get(at).is_some_and(|(own, _)| own == key) { Some(at) } else { look() }
    }

    /// After places have changed.
    fn settle(&mut self) {
        self.places = (self.list.len() > FEW_MAX).then(|| Box::new(Places::of(&self.list)));
    }

    /// The member of this id.
    pub fn get(&self, key: impl AsRef<str>) -> Option<&T> {
        self.place(key.as_ref()).map(|at| &self.list[at].1)
    }

    /// The member of this id, to be changed.
    pub fn get_mut(&mut self, key: impl AsRef<str>) -> Option<&mut T> {
        self.place(key.as_ref()).map(|at| &mut self.list[at].1)
    }

    /// Whether there is one of this id.
    pub fn contains_key(&self, key: impl AsRef<str>) -> bool {
        self.place(key.as_ref()).is_some()
    }

    /// The first of all.
    pub fn first(&self) -> Option<(&String, &T)> {
        self.iter().next()
    }

    /// Puts a member in: in the place of the one that has its id, which is handed out, else last.
    pub fn insert(&mut self, key: String, value: T) -> Option<T> {
        match self.place(&key) {
            Some(at) => Some(std::mem::replace(&mut self.list[at].1, value)),
            None => {
                self.push(key, value);
                None
            }
        }
    }

    /// Puts a member in, and says under which id.
    pub(crate) fn added(&mut self, key: String, value: T) -> &str {
        let at = self.place(&key).unwrap_or(self.list.len());
        self.insert(key, value);
        &self.list[at].0
    }

    fn push(&mut self, key: String, value: T) -> &mut T {
        let at = self.list.len();
        if at == self.list.capacity() {
            // One at first: most stay alone.
            self.list.reserve_exact(at.max(1));
        }
        if let Some(places) = &mut self.places {
            places.note(&key, at);
        }
        self.list.push((key, value));
        if at == FEW_MAX {
            self.settle();
        }
        &mut self.list[at].1
    }

    /// The member of this id; a new one where there is none.
    pub fn get_or_default(&mut self, key: &str) -> &mut T
    where
        T: Default,
    {
        match self.place(key) {
            Some(at) => &mut self.list[at].1,
            None => self.push(key.to_owned(), T::default()),
        }
    }

    /// Takes a member out; those after it move up.
    pub fn remove(&mut self, key: impl AsRef<str>) -> Option<T> {
        let at = self.place(key.as_ref())?;
        let (_, value) = self.list.remove(at);
        self.settle();
        Some(value)
    }

    /// Keeps those that are wanted.
    pub fn retain(&mut self, mut wanted: impl FnMut(&String, &mut T) -> bool) {
        let before = self.list.len();
        self.list.retain_mut(|(key, value)| wanted(key, value));
        if self.list.len() < before {
            self.settle();
        }
    }

    /// Takes all of them out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// In the order of their ids.
    pub fn sort_keys(&mut self) {
        self.list.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.settle();
    }

    /// Ids and members.
    pub fn iter(&self) -> Iter<'_, T> {
        self.list.iter().map(|(key, value)| (key, value))
    }

    /// Ids and members, which may be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        self.list.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The ids.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &String> + ExactSizeIterator + Clone {
        self.list.iter().map(|(key, _)| key)
    }

    /// The members.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator + Clone {
        self.list.iter().map(|(_, value)| value)
    }

    /// The members, which may be changed.
    pub fn values_mut(&mut self) -> ValuesMut<'_, T> {
        self.list.iter_mut().map(|(_, value)| value)
    }

    /// The ids alone.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = String> + ExactSizeIterator {
        self.list.into_iter().map(|(key, _)| key)
    }

    /// The members alone.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator {
        self.list.into_iter().map(|(_, value)| value)
    }
}

/// Ids and members.
pub type Iter<'a, T> = std::iter::Map<std::slice::Iter<'a, (String, T)>, fn(&'a (String, T)) -> (&'a String, &'a T)>;

/// Ids and members, which may be changed.
pub type IterMut<'a, T> =
    std::iter::Map<std::slice::IterMut<'a, (String, T)>, fn(&'a mut (String, T)) -> (&'a String, &'a mut T)>;

/// The members, which may be changed.
pub type ValuesMut<'a, T> = std::iter::Map<std::slice::IterMut<'a, (String, T)>, fn(&'a mut (String, T)) -> &'a mut T>;

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for Members<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Their order says nothing.
impl<T: PartialEq> PartialEq for Members<T> {
    fn eq(&self, other: &Self) -> bool {
        let same = |(at, (key, value)): (usize, &(String, T))| match other.list.get(at) {
            Some((own, there)) if own == key => there == value,
            _ => other.get(key) == Some(value),
        };
        self.len() == other.len() && self.list.iter().enumerate().all(same)
    }
}

impl<T: Eq> Eq for Members<T> {}

impl<T> Extend<(String, T)> for Members<T> {
    fn extend<I: IntoIterator<Item = (String, T)>>(&mut self, members: I) {
        members.into_iter().for_each(|(key, value)| drop(self.insert(key, value)));
    }
}

impl<T> FromIterator<(String, T)> for Members<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(members: I) -> Self {
        let mut all = Self::new();
        all.extend(members);
        all
    }
}

impl<T, const N: usize> From<[(String, T); N]> for Members<T> {
    fn from(members: [(String, T); N]) -> Self {
        members.into_iter().collect()
    }
}

impl<T> IntoIterator for Members<T> {
    type Item = (String, T);
    type IntoIter = std::vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Members<T> {
    type Item = (&'a String, &'a T);
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Members<T> {
    type Item = (&'a String, &'a mut T);
    type IntoIter = IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

/// Panics where there is none, as every map does.
impl<T> Index<&str> for Members<T> {
    type Output = T;

    fn index(&self, key: &str) -> &T {
        match self.place(key) {
            Some(at) => &self.list[at].1,
            None => panic!("no member {key:?}"),
        }
    }
}

impl<T> Index<usize> for Members<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.list[at].1
    }
}

impl<T> IndexMut<usize> for Members<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.list[at].1
    }
}

impl<T: Serialize> Serialize for Members<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Object(PhantomData))
    }
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Members<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Members<T>, A::Error> {
        let mut all = Members::new();
        while let Some((key, value)) = members.next_entry()? {
            all.insert(key, value);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_is_an_object_in_its_order_and_the_last_of_a_name_counts() {
        let text = r#"{"b":1,"a":2,"c":3,"a":4}"#;
        let members: Members<u8> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&members).unwrap(), r#"{"b":1,"a":4,"c":3}"#);
        let other: Members<u8> = serde_json::from_str(r#"{"c":3,"b":1,"a":4}"#).unwrap();
        assert_eq!(members, other, "the order says nothing");
        for wrong in ["[]", "1", r#"{"a":"b"}"#] {
            assert!(serde_json::from_str::<Members<u8>>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_hundred_thousand_are_not_looked_through() {
        let mut members: Members<usize> = (0..100_000).map(|n| (format!("m{n}"), n)).collect();
        assert!((0..100_000).all(|n| members[format!("m{n}").as_str()] == n));
        members.retain(|_, n| *n % 2 == 1);
        assert_eq!((members.len(), members.get("m2"), members.get("m99999")), (50_000, None, Some(&99_999)));
    }

    proptest! {
        #[test]
        fn it_does_what_a_map_does(steps in prop::collection::vec((0..5_u8, "[a-f]{1,2}", 0..9_u8), 0..120)) {
            let (mut members, mut map) = (Members::new(), IndexMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(members.remove(&key), map.shift_remove(&key)),
                    1 if value == 0 => {
                        members.retain(|_, one| *one % 2 == 0);
                        map.retain(|_, one| *one % 2 == 0);
                    }
                    1 => *members.get_or_default(&key) = *map.entry(key.clone()).and_modify(|one| *one = value).or_insert(value),
                    2 if value == 0 => {
                        members.sort_keys();
                        map.sort_keys();
                    }
                    _ => prop_assert_eq!(members.insert(key.clone(), value), map.insert(key.clone(), value)),
                }
                prop_assert_eq!(members.get(&key), map.get(&key));
                prop_assert!(members.iter().eq(map.iter()));
                prop_assert!(map.keys().all(|key| members.contains_key(key)));
            }
        }
    }
}
