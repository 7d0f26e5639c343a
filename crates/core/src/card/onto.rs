//! A model as an object that changes are put onto: members are found by id and by value without looking at all of them,
//! and those that go leave a gap until the end. `diff::apply` comes here; thousands of changes cost as much each as one.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde_json::{Map, Value};

use super::diff::{CHANGED_SINCE, Change, GONE_SINCE, KEYED, merged, same, value_key};

type Put = Result<(), &'static str>;

/// An object whose members keep their places, however many go.
#[derive(Default)]
struct Slots {
    slots: Vec<Option<(String, Value)>>,
    at: HashMap<String, usize>,
}

impl Slots {
    fn of(object: Map<String, Value>) -> Self {
        let at = object.keys().enumerate().map(|(at, key)| (key.clone(), at)).collect();
        Self { slots: object.into_iter().map(Some).collect(), at }
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.at.get(key).and_then(|at| self.slots[*at].as_ref()).map(|(_, value)| value)
    }

    fn set(&mut self, key: &str, value: Option<Value>) {
        match (value, self.at.get(key).copied()) {
            (Some(value), Some(at)) => self.slots[at] = Some((key.to_owned(), value)),
            (Some(value), None) => {
                self.at.insert(key.to_owned(), self.slots.len());
                self.slots.push(Some((key.to_owned(), value)));
            }
            (None, Some(at)) => {
                self.at.remove(key);
                self.slots[at] = None;
            }
            (None, None) => {}
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.at.get(key)?;
        self.slots[*at].as_mut().map(|(_, value)| value.take())
    }

    fn done(self) -> Map<String, Value> {
        self.slots.into_iter().flatten().collect()
    }
}

/// The members of one field, by id and by value.
#[derive(Default)]
struct Members {
    slots: Slots,
    /// Members of each value, in their order. Keyed ones are found by their key alone.
    by_value: HashMap<String, BTreeSet<usize>>,
    is_keyed: bool,
    /// Up to which number the twins of an id are taken.
    twins: HashMap<String, usize>,
}

impl Members {
    fn of(field: &str, object: Map<String, Value>) -> Self {
        let mut own = Self { slots: Slots::of(object), is_keyed: KEYED.contains(&field), ..Self::default() };
        if !own.is_keyed {
            for (at, (_, value)) in own.slots.slots.iter().flatten().enumerate() {
                own.by_value.entry(value_key(value)).or_default().insert(at);
            }
        }
        own
    }

    /// The first member of this value.
    fn by_value(&self, value: &Value) -> Option<&str> {
        let at = self.by_value.get(&value_key(value)).and_then(BTreeSet::first)?;
        self.slots.slots[*at].as_ref().map(|(id, _)| id.as_str())
    }

    fn set(&mut self, id: &str, value: Option<Value>) {
        if !self.is_keyed {
            let old = self.slots.get(id).map(value_key).zip(self.slots.at.get(id).copied());
            if let Some((key, at)) = old
                && let Some(places) = self.by_value.get_mut(&key)
            {
                places.remove(&at);
            }
        }
        let key = value.as_ref().filter(|_| !self.is_keyed).map(value_key);
        self.slots.set(id, value);
        if let Some((key, at)) = key.zip(self.slots.at.get(id)) {
            self.by_value.entry(key).or_default().insert(*at);
        }
    }

    fn put(&mut self, one: &Change, id: &str) -> Put {
        let Some(before) = &one.before else { return one.after.as_ref().map_or(Ok(()), |after| self.add(id, after)) };
        // The id names it while the value is the one meant; an edited value has moved to another id.
        let there = self.slots.get(id);
        let is_it = there.is_some_and(|member| self.is_keyed || value_key(member) == value_key(before));
        let moved = if is_it || self.is_keyed { None } else { self.by_value(before) };
        let Some(found) = moved.or(there.map(|_| id)).map(str::to_owned) else {
            let done = one.after.as_ref().is_none_or(|after| !self.is_keyed && self.by_value(after).is_some());
            return if done { Ok(()) } else { Err(GONE_SINCE) };
        };
        let result = merged(Some(before), one.after.as_ref(), self.slots.get(&found))?;
        self.set(&found, result);
        Ok(())
    }

    fn add(&mut self, id: &str, after: &Value) -> Put {
        if !self.is_keyed && self.by_value(after).is_some() {
            return Ok(());
        }
        let mut twin = self.twins.get(id).copied().unwrap_or(1);
        let mut free = if twin == 1 { id.to_owned() } else { format!("{id}-{twin}") };
        while let Some(there) = self.slots.get(&free) {
            if same(there, after) {
                return Ok(());
            }
            if self.is_keyed {
                return Err(CHANGED_SINCE);
            }
            twin += 1;
            free = format!("{id}-{twin}");
        }
        if twin > 1 {
            self.twins.insert(id.to_owned(), twin);
        }
        self.set(&free, Some(after.clone()));
        Ok(())
    }
}

/// Properties without a place, by what they say.
#[derive(Default)]
struct Bag {
    list: Vec<Option<Value>>,
    places: HashMap<String, VecDeque<usize>>,
}

impl Bag {
    fn of(list: Vec<Value>) -> Self {
        let mut bag = Self::default();
        list.into_iter().for_each(|one| bag.add(one));
        bag
    }

    fn add(&mut self, one: Value) {
        self.places.entry(said(&one)).or_default().push_back(self.list.len());
        self.list.push(Some(one));
    }

    fn put(&mut self, one: &Change) {
        let before = one.before.as_ref().and_then(|before| self.places.get_mut(&said(before))?.pop_front());
        if let Some(at) = before {
            self.list[at] = None;
        }
        if let Some(after) = &one.after {
            self.add(after.clone());
        }
    }
}

/// A value as text, whatever the order of its members.
fn said(value: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Array(list) => list.iter().map(sorted).collect(),
            Value::Object(object) => {
                let mut members: Vec<_> = object.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
                members.sort_by(|(one, _), (other, _)| one.cmp(other));
                Value::Object(members.into_iter().collect())
            }
            value => value.clone(),
        }
    }
    sorted(value).to_string()
}

/// A field that was taken out to be changed.
enum Out {
    Members(Members),
    Bag(Bag),
}

/// A model that changes are put onto.
pub(super) struct Onto {
    root: Slots,
    /// The object inside the root that holds fields: `speakToAs`.
    outer: HashMap<String, Slots>,
    /// Fields that were changed, by their path, in the order they were taken.
    out: indexmap::IndexMap<String, Out>,
}

impl Onto {
    pub(super) fn new(object: Map<String, Value>) -> Self {
        Self { root: Slots::of(object), outer: HashMap::new(), out: indexmap::IndexMap::new() }
    }

    pub(super) fn put(&mut self, one: &Change) -> Put {
        if one.field == "vCardProps" {
            return match self.taken(&one.field)? {
                Out::Bag(bag) => {
                    bag.put(one);
                    Ok(())
                }
                Out::Members(_) => Err(CHANGED_SINCE),
            };
        }
        if let Some(id) = &one.id {
            return match self.taken(&one.field)? {
                Out::Members(members) => members.put(one, id),
                Out::Bag(_) => Err(CHANGED_SINCE),
            };
        }
        // As a whole, with what was done to its members until now.
        if let Some(out) = self.out.shift_remove(&one.field) {
            self.back(&one.field, out)?;
        } else if one.field == "speakToAs" {
            self.whole();
        }
        let (parent, name) = self.parent(&one.field)?;
        let result = merged(one.before.as_ref(), one.after.as_ref(), parent.get(name))?;
        parent.set(name, result);
        Ok(())
    }

    /// What holds a field, and its name there.
    fn parent<'f>(&mut self, field: &'f str) -> Result<(&mut Slots, &'f str), &'static str> {
        let Some(name) = field.strip_prefix("speakToAs/") else { return Ok((&mut self.root, field)) };
        let first = "speakToAs";
        if !self.outer.contains_key(first) {
            let outer = match self.root.get(first) {
                None => Map::new(),
                Some(Value::Object(_)) => match self.root.take(first) {
                    Some(Value::Object(outer)) => outer,
                    _ => Map::new(),
                },
                Some(_) => return Err(CHANGED_SINCE),
            };
            self.outer.insert(first.to_owned(), Slots::of(outer));
        }
        let outer = self.outer.get_mut(first).ok_or(CHANGED_SINCE)?;
        Ok((outer, name))
    }

    /// The field, by id and value.
    fn taken(&mut self, field: &str) -> Result<&mut Out, &'static str> {
        if !self.out.contains_key(field) {
            let (parent, name) = self.parent(field)?;
            let out = match (parent.get(name), field) {
                (None, "vCardProps") => Out::Bag(Bag::default()),
                (None, _) => Out::Members(Members::of(field, Map::new())),
                (Some(Value::Array(_)), "vCardProps") => match parent.take(name) {
                    Some(Value::Array(list)) => Out::Bag(Bag::of(list)),
                    _ => return Err(CHANGED_SINCE),
                },
                (Some(Value::Object(_)), _) if field != "vCardProps" => match parent.take(name) {
                    Some(Value::Object(members)) => Out::Members(Members::of(field, members)),
                    _ => return Err(CHANGED_SINCE),
                },
                _ => return Err(CHANGED_SINCE),
            };
            self.out.insert(field.to_owned(), out);
        }
        self.out.get_mut(field).ok_or(CHANGED_SINCE)
    }

    /// Puts a field back where it stood; an empty one goes.
    fn back(&mut self, field: &str, out: Out) -> Put {
        let (parent, name) = self.parent(field)?;
        let value = match out {
            Out::Members(members) => Some(members.slots.done()).filter(|all| !all.is_empty()).map(Value::Object),
            Out::Bag(bag) => {
                let list: Vec<Value> = bag.list.into_iter().flatten().collect();
                Some(list).filter(|list| !list.is_empty()).map(Value::Array)
            }
        };
        parent.set(name, value);
        Ok(())
    }

    /// Puts everything back where it stood.
    fn whole(&mut self) {
        for (field, out) in std::mem::take(&mut self.out) {
            // Its place was there when it was taken.
            let _ = self.back(&field, out);
        }
        for (name, outer) in std::mem::take(&mut self.outer) {
            let outer = Some(outer.done()).filter(|all| !all.is_empty()).map(Value::Object);
            self.root.set(&name, outer);
        }
    }

    /// The model with all that was put onto it.
    pub(super) fn done(mut self) -> Map<String, Value> {
        self.whole();
        self.root.done()
    }
}
