//! Read contacts: the envelope, the bytes, the photo.

use super::{Contact, StoredCard, plan::parsed, summary::photo_version};
use crate::{Error, Result, Services, Written, account::Caller, id::ContactId};

/// A contact's photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The image.
    pub bytes: Vec<u8>,
    /// By its first octets.
    pub media_type: &'static str,
    /// What `?v=` says: changes with the image.
    pub version: String,
}

/// A contact, living or in the bin.
pub async fn get(services: &Services, caller: &Caller, id: ContactId) -> Result<Contact> {
    let stored = services.database.contact(caller.scope(), id).await?.ok_or(Error::NotFound)?;
    Ok(Contact { stored })
}

/// Contacts by id, in the order asked for; those not visible are left out. At most 1,000.
pub async fn many(services: &Services, caller: &Caller, ids: &[ContactId]) -> Result<Vec<Contact>> {
    let stored = services.database.contacts(caller.scope(), ids).await?;
    Ok(stored.into_iter().map(|stored| Contact { stored }).collect())
}

/// A contact's bytes, living or in the bin.
pub async fn card(services: &Services, caller: &Caller, id: ContactId) -> Result<StoredCard> {
    services.database.card(caller.scope(), id).await?.ok_or(Error::NotFound)
}

/// A contact's photo; one that has none is not found.
pub async fn photo(services: &Services, caller: &Caller, id: ContactId) -> Result<Photo> {
    let row = card(services, caller, id).await?;
    let photo = parsed(&row.bytes)?.photo().ok_or(Error::NotFound)?;
    Ok(Photo { version: photo_version(&photo.bytes), bytes: photo.bytes, media_type: photo.media_type })
}

/// The contact after it was written.
pub(crate) async fn written(
    services: &Services,
    caller: &Caller,
    done: Written<ContactId>,
) -> Result<Written<Contact>> {
    let contact = get(services, caller, done.value).await?;
    Ok(done.map(|_| contact))
}
