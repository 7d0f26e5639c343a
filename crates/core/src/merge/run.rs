//! Merge contacts: one is kept and says everything, the others go to the bin. One commit, one undo.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::united;
use crate::{
    Error, Result, Seed, Services, Written,
    account::Caller,
    card::{Model, model::Resource},
    contact::{
        Contact,
        plan::Current,
        prepare::kind_of,
        read,
        save::{edited, enveloped},
    },
    id::{BatchId, ContactId},
    keys::display_name,
    verb::{TRIES, moved_on},
    write::{Act, BatchNote, Effect, Write},
};

/// Contacts that are merged at once.
pub const CONTACTS_MAX: usize = 100;

/// What merging these would give; the first one leads. Photos by reference to the contact they come from.
pub async fn preview(services: &Services, caller: &Caller, ids: &[ContactId]) -> Result<Model> {
    let all = read_all(services, caller, ids, None).await?;
    Ok(together(&all, caller))
}

/// Merges contacts into one of them (`into`, else the first). `card` is what the kept one shall say, with labels in its
/// `keywords` left as they are united; `None`: what [`preview`] shows.
pub async fn merge(
    services: &Services,
    caller: &Caller,
    ids: &[ContactId],
    into: Option<ContactId>,
    card: Option<Model>,
    seed: &Seed,
) -> Result<Written<Contact>> {
    let batch = BatchId(seed.id(services.random.as_ref(), 0));
    let kept = into.or(ids.first().copied()).unwrap_or(ContactId(uuid::Uuid::nil()));
    if seed.0.is_some() && services.database.batch(caller.scope(), batch).await?.is_some() {
        return Ok(Written::new(read::get(services, caller, kept).await?, batch));
    }
    let mut refusal = moved_on();
    for _ in 0..TRIES {
        let all = read_all(services, caller, ids, into).await?;
        let effects = effects(services, caller, &all, card.as_ref()).await?;
        let summary = all.first().map(|current| display_name(&current.card.model_light()).chars().take(200).collect());
        let note = BatchNote { id: batch, act: Act::Merge, undoes: None, summary };
        let by = caller.by(services.clock.now());
        match services.database.commit(Write { by, batch: note, once: seed.once(0), effects }).await {
            Ok(_) => return Ok(Written::new(read::get(services, caller, kept).await?, batch)),
            Err(Error::Conflict { why }) => refusal = Error::Conflict { why },
            Err(error) => return Err(error),
        }
    }
    Err(refusal)
}

/// Every contact, the kept one first.
async fn read_all(
    services: &Services,
    caller: &Caller,
    ids: &[ContactId],
    into: Option<ContactId>,
) -> Result<Vec<Current>> {
    if ids.len() < 2 || ids.len() > CONTACTS_MAX {
        return Err(Error::invalid("/contacts", format!("Merge 2 to {CONTACTS_MAX} contacts.")));
    }
    if let Some(n) = (1..ids.len()).find(|n| ids[..*n].contains(&ids[*n])) {
        return Err(Error::invalid(format!("/contacts/{n}"), "Name each contact once."));
    }
    let lead = into.or(ids.first().copied());
    let lead = lead.and_then(|id| ids.iter().position(|one| *one == id));
    let lead = lead.ok_or_else(|| Error::invalid("/into", "The contact that is kept is one of those merged."))?;
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let current = Current::living(services, caller, *id).await?;
        if current.card.is_group() {
            return Err(Error::invalid("/contacts", "A group cannot be merged. Merge its label instead."));
        }
        all.push(current);
    }
    all[..=lead].rotate_right(1);
    Ok(all)
}

fn together(all: &[Current], caller: &Caller) -> Model {
    let models: Vec<Model> = all.iter().map(|current| current.card.model_light()).collect();
    united(&models, caller.region())
}

async fn effects(services: &Services, caller: &Caller, all: &[Current], card: Option<&Model>) -> Result<Vec<Effect>> {
    let Some((kept, others)) = all.split_first() else { return Ok(Vec::new()) };
    let now = kept.card.model_light();
    let union = together(all, caller);
    let mut wanted = match card {
        Some(card) => enveloped(card.clone(), &now),
        None => enveloped(union.clone(), &now),
    };
    wanted.keywords = union.keywords;
    wanted.vcard_props = union.vcard_props;
    wanted.kind = now.kind.clone().or_else(|| shared_kind(others));
    for resource in wanted.media.values_mut().chain(wanted.crypto_keys.values_mut()) {
        bring(resource, others);
    }
    let mut effects = Vec::with_capacity(all.len() + 1);
    if let Some(card) = edited(&kept.card, &now, &wanted, services.clock.now())? {
        effects.push(kept.saved(&card, Act::Merge));
    }
    effects.extend(others.iter().map(|other| other.binned(Act::Merge)));
    effects.extend(star(services, caller, all).await?);
    Ok(effects)
}

/// What all the others are, when the kept one does not say.
fn shared_kind(others: &[Current]) -> Option<String> {
    let models: Vec<Model> = others.iter().map(|other| other.card.model_light()).collect();
    let first = models.first()?;
    models.iter().all(|model| kind_of(model) == kind_of(first)).then(|| first.kind.clone()).flatten()
}

/// A file that another one's card holds comes along.
fn bring(resource: &mut Resource, others: &[Current]) {
    if !resource.uri.starts_with("rolo:blob:") {
        return;
    }
    if let Some((bytes, media_type)) = others.iter().find_map(|other| other.card.blob(&resource.uri)) {
        let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        resource.uri = format!("data:{media_type};base64,{}", STANDARD.encode(bytes));
    }
}

/// The caller's star on any of them is a star on the kept one.
async fn star(services: &Services, caller: &Caller, all: &[Current]) -> Result<Option<Effect>> {
    let ids: Vec<ContactId> = all.iter().map(|current| current.row.id).collect();
    let stored = services.database.contacts(caller.scope(), &ids).await?;
    let Some(kept) = stored.iter().find(|contact| contact.id == ids[0]) else { return Ok(None) };
    let starred = !kept.starred && stored.iter().any(|contact| contact.starred);
    let (account, book, contact) = (caller.account(), kept.book, kept.id);
    Ok(starred.then_some(Effect::Mark { account, book, contact, starred: Some(true), hidden: None }))
}
