//! Random writes against a model in memory: counts, lists, labels and changes agree after each.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use rolo_core::{
    contact::Filter,
    contracts::Database,
    id::{ContactId, Modseq},
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{World, binned, id, labelled, living, save},
};

rules![random_writes_keep_everything_exact];

#[derive(Clone, Debug)]
enum Step {
    Create { name: u8, labels: Vec<u8> },
    Edit { which: usize, name: u8, labels: Vec<u8> },
    Bin { which: usize },
    Restore { which: usize, labels: Vec<u8> },
    Purge { which: usize },
    Hide { which: usize, hidden: bool },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let labels = || vec(0..4_u8, 0..4);
    let step = prop_oneof![
        4 => (any::<u8>(), labels()).prop_map(|(name, labels)| Step::Create { name, labels }),
        3 => (any::<usize>(), any::<u8>(), labels()).prop_map(|(which, name, labels)| Step::Edit { which, name, labels }),
        3 => any::<usize>().prop_map(|which| Step::Bin { which }),
        2 => (any::<usize>(), labels()).prop_map(|(which, labels)| Step::Restore { which, labels }),
        1 => any::<usize>().prop_map(|which| Step::Purge { which }),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(which, hidden)| Step::Hide { which, hidden }),
    ];
    vec(step, 40)
}

#[derive(Clone, Debug, Default)]
struct Known {
    name: String,
    labels: BTreeSet<String>,
    hidden: bool,
}

#[derive(Default)]
struct Model {
    living: BTreeMap<ContactId, Known>,
    binned: BTreeMap<ContactId, Known>,
    gone: BTreeSet<ContactId>,
    labels: BTreeSet<String>,
}

fn pick(from: &BTreeMap<ContactId, Known>, which: usize) -> Option<ContactId> {
    from.keys().nth(which % from.len().max(1)).copied()
}

fn words(labels: &[u8]) -> Vec<String> {
    labels.iter().map(|label| format!("Label {label}")).collect()
}

impl Model {
    /// The effects of a step, and the model after it.
    fn apply(&mut self, world: &World, step: &Step) -> Option<(Act, Effect)> {
        let saved = |id, expect, name: &str, labels: &[String]| {
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            save(&world.ada, id, expect, labelled(name, &labels))
        };
        match step {
            Step::Create { name, labels } => {
                let (contact, name, labels) = (id(), name.to_string(), words(labels));
                self.labels.extend(labels.iter().cloned());
                let effect = saved(contact, Expect::Absent, &name, &labels);
                self.living.insert(contact, Known { name, labels: labels.into_iter().collect(), hidden: false });
                Some((Act::Create, effect))
            }
            Step::Edit { which, name, labels } => {
                let contact = pick(&self.living, *which)?;
                let labels = words(labels);
                self.labels.extend(labels.iter().cloned());
                let known = self.living.get_mut(&contact)?;
                known.name = name.to_string();
                known.labels = labels.iter().cloned().collect();
                Some((Act::Edit, saved(contact, Expect::Living, &known.name, &labels)))
            }
            Step::Bin { which } => {
                let contact = pick(&self.living, *which)?;
                self.binned.extend(self.living.remove_entry(&contact));
                Some((Act::Delete, super::world::bin(&world.ada, contact, Expect::Living)))
            }
            Step::Restore { which, labels } => {
                let contact = pick(&self.binned, *which)?;
                let labels = words(labels);
                self.labels.extend(labels.iter().cloned());
                let mut known = self.binned.remove(&contact)?;
                known.labels = labels.iter().cloned().collect();
                let effect = saved(contact, Expect::Binned, &known.name, &labels);
                self.living.insert(contact, known);
                Some((Act::Restore, effect))
            }
            Step::Purge { which } => {
                let contact = pick(&self.binned, *which)?;
                self.binned.remove(&contact);
                self.gone.insert(contact);
                Some((Act::Purge, Effect::PurgeContact { from: world.ada.may(), id: contact }))
            }
            Step::Hide { which, hidden } => {
                let contact = pick(&self.living, *which)?;
                self.living.get_mut(&contact)?.hidden = *hidden;
                let (account, book) = (world.ada.account(), world.ada.book);
                Some((Act::Settings, Effect::Mark { account, book, contact, starred: None, hidden: Some(*hidden) }))
            }
        }
    }

    fn listed(&self, keep: impl Fn(&Known) -> bool) -> Vec<ContactId> {
        let mut listed: Vec<_> = self.living.iter().filter(|(_, known)| keep(known)).collect();
        listed.sort_by_key(|(contact, known)| (known.name.clone(), **contact));
        listed.into_iter().map(|(contact, _)| *contact).collect()
    }

    async fn compare(&self, world: &World) {
        let scope = world.ada.scope();
        let book = world.db.books(scope).await.unwrap().remove(0);
        assert_eq!((book.contacts, book.binned), (self.living.len() as u64, self.binned.len() as u64));
        assert_eq!(world.all(&Filter { limit: 7, ..living() }).await, self.listed(|_| true));
        let in_bin: BTreeSet<ContactId> = world.all(&binned()).await.into_iter().collect();
        assert_eq!(in_bin, self.binned.keys().copied().collect());
        for hidden in [true, false] {
            let filter = Filter { hidden: Some(hidden), ..living() };
            let wanted = self.listed(|known| known.hidden == hidden);
            assert_eq!(world.all(&filter).await, wanted);
            assert_eq!(world.db.count(scope, &filter).await.unwrap(), wanted.len() as u64);
        }
        let labels = world.db.labels(scope).await.unwrap();
        assert_eq!(labels.iter().map(|label| label.name.clone()).collect::<BTreeSet<_>>(), self.labels);
        for label in labels {
            let filter = Filter { label: Some(label.id), ..living() };
            let wanted = self.listed(|known| known.labels.contains(&label.name));
            assert_eq!(label.contacts, wanted.len() as u64, "{}", label.name);
            assert_eq!(world.all(&filter).await, wanted, "{}", label.name);
        }
        let changes = world.db.changes(scope, world.ada.book, Modseq(0), 1000).await.unwrap().items;
        let gone: BTreeSet<ContactId> =
            changes.iter().filter(|change| change.gone).map(|change| ContactId(change.id)).collect();
        assert_eq!(gone, self.gone.iter().chain(self.binned.keys()).copied().collect());
    }
}

async fn random_writes_keep_everything_exact(world: World) {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let mut model = Model::default();
    // One book goes through all cases, so that each starts from what the others left.
    for _ in 0..6 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        for step in &steps {
            if let Some((act, effect)) = model.apply(&world, step) {
                world.one(act, effect).await.unwrap_or_else(|error| panic!("{step:?}: {error:?}"));
            }
        }
        model.compare(&world).await;
    }
}
