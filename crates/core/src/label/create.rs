//! Create a label.

use super::{
    get, hue, label_name,
    step::{Face, LabelStep},
};
use crate::{
    Error, Result, Seed, Services, Written,
    account::Caller,
    contracts::database::LabelRow,
    history::job,
    id::{BatchId, BookId, LabelId},
    write::{Act, Effect, Write},
};

/// Labels of one book.
pub const LABELS_MAX: usize = 5_000;

/// A label to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLabel {
    /// Chosen by the client, so that a repetition makes nothing new.
    pub id: Option<LabelId>,
    /// Where.
    pub book: BookId,
    /// What it is called.
    pub name: String,
    /// Its colour.
    pub hue: Option<u16>,
}

/// Makes a label. A chosen id repeated by someone who may see it is the existing label.
pub async fn create(services: &Services, caller: &Caller, new: NewLabel, seed: &Seed) -> Result<Written<LabelRow>> {
    let into = caller.may_edit(new.book)?;
    let (name, hue) = (label_name(&new.name)?, hue(new.hue)?);
    let random = services.random.as_ref();
    let id = new.id.unwrap_or_else(|| LabelId(seed.id(random, 0)));
    if new.id.is_some()
        && let Some(value) = services.database.label(caller.scope(), id).await?
    {
        return Ok(Written { value, batch: None, existed: true });
    }
    let known = services.database.labels(&caller.scope().only(new.book)?).await?;
    let is_repeated = known.iter().any(|label| label.id == id);
    if !is_repeated && known.iter().any(|label| label.name == name) {
        return Err(Error::conflict("This book already has a label of this name."));
    }
    if known.len() >= LABELS_MAX {
        return Err(Error::conflict(format!("A book has at most {LABELS_MAX} labels.")));
    }
    let batch = BatchId(seed.id(random, 1));
    let step = LabelStep { book: new.book, id, before: None, after: Some(Face { name: name.clone(), hue }) };
    let mut write = Write::by(caller, services.clock.now(), batch, Act::Label);
    write.batch.summary = Some(name.clone());
    write.once = seed.once(0);
    write.effects = vec![Effect::SaveLabel { into, id, expect: None, name, hue }];
    write.effects.extend(job::noted(batch, vec![step])?);
    services.database.commit(write).await?;
    Ok(Written::new(get(services, caller, id).await?, batch))
}
