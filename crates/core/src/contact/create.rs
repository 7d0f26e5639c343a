//! Create a contact: it gets a card at once.

use super::{
    BatchItem, Contact,
    checked::checked,
    look::Look,
    plan::{Plan, drawn, perform},
    prepare, read,
};
use crate::{
    Error, Result, Seed, Services, Written,
    account::Caller,
    card::Model,
    id::{BookId, ContactId, LabelId},
    write::{Act, Effect, Expect},
};

/// Octets of a UID a client may choose.
const UID_BYTES_MAX: usize = 255;
/// Octets of a kind.
const KIND_BYTES_MAX: usize = 64;

/// A contact to be made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewContact {
    /// Chosen by the client, so that a repetition makes nothing new.
    pub id: Option<ContactId>,
    /// Where; the account's own book when `None`.
    pub book: Option<BookId>,
    /// `individual` when `None`.
    pub kind: Option<String>,
    /// The card's UID; the id when `None`.
    pub uid: Option<String>,
    /// Labels of that book.
    pub labels: Vec<LabelId>,
    /// With the caller's star.
    pub starred: bool,
    /// Hidden from the caller's list.
    pub hidden: bool,
    /// What it says.
    pub card: Model,
}

/// Makes a contact. A chosen id repeated by someone who may see it is the existing contact.
pub async fn create(services: &Services, caller: &Caller, new: NewContact, seed: &Seed) -> Result<Written<Contact>> {
    let done = perform(services, caller, &BatchItem::Create(Box::new(new)), seed).await?;
    read::written(services, caller, done).await
}

pub(super) async fn plan(look: &mut Look<'_>, new: &NewContact, made: ContactId) -> Result<Plan> {
    let id = new.id.unwrap_or(made);
    if new.id.is_some() && look.contact(id).await?.is_some() {
        return Ok(Plan { id, effects: Vec::new(), existed: true });
    }
    let into = match new.book {
        Some(book) => look.caller.may_edit(book)?,
        None => look.home().await?,
    };
    let model = wanted(look, into.book(), new).await?;
    let uid = new.uid.clone().unwrap_or_else(|| id.to_string());
    let card = drawn(&model, &uid, look.services.clock.now())?;
    let mut prepared = prepare(&card, &uid);
    prepared.dav_name = Some(format!("{id}.vcf"));
    let save = Effect::SaveContact { into, id, expect: Expect::Absent, act: Act::Create, card: Box::new(prepared) };
    let mut plan = Plan::one(id, save);
    if new.starred || new.hidden {
        plan.effects.push(Effect::Mark {
            account: look.caller.account(),
            book: into.book(),
            contact: id,
            starred: new.starred.then_some(true),
            hidden: new.hidden.then_some(true),
        });
    }
    Ok(plan)
}

async fn wanted(look: &mut Look<'_>, book: BookId, new: &NewContact) -> Result<Model> {
    let mut model = new.card.clone();
    checked(&model, None)?;
    model.kind = kind_member(new.kind.as_deref())?;
    if let Some(uid) = &new.uid {
        line("/uid", uid, UID_BYTES_MAX)?;
        model.uid = Some(uid.clone());
    }
    if !new.labels.is_empty() {
        model.keywords = look.labels(book).await?.names(&new.labels)?;
    }
    Ok(model)
}

/// The kind as the model says it: nothing for a person.
pub(super) fn kind_member(kind: Option<&str>) -> Result<Option<String>> {
    let Some(kind) = kind else { return Ok(None) };
    line("/kind", kind, KIND_BYTES_MAX)?;
    let word = kind.to_ascii_lowercase();
    if !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(Error::invalid("/kind", "A kind is one word: individual, org, group, location…"));
    }
    Ok(Some(word).filter(|word| word != super::prepare::INDIVIDUAL))
}

fn line(field: &str, text: &str, bytes_max: usize) -> Result<()> {
    if text.trim().is_empty() || text.len() > bytes_max || text.chars().any(char::is_control) {
        return Err(Error::invalid(field, format!("This is one line of 1 to {bytes_max} octets.")));
    }
    Ok(())
}
