//! Put an earlier version back: the contact says again, byte for byte, what it said then.

use crate::{
    Error, Result, Seen, Services, Written,
    account::Caller,
    contact::{
        Contact,
        plan::{Current, parsed},
        read,
    },
    id::{BatchId, ContactId, Modseq},
    verb::{TRIES, moved_on},
    write::{Act, Write},
};

/// Makes a version the current one. A contact in the bin comes back with it.
pub async fn put_back(
    services: &Services,
    caller: &Caller,
    id: ContactId,
    modseq: Modseq,
    seen: Seen,
) -> Result<Written<Contact>> {
    let batch = BatchId(services.random.id());
    let mut refusal = moved_on();
    for _ in 0..TRIES {
        let current = Current::any(services, caller, id).await?;
        seen.still(current.row.revision)?;
        let version = services.database.version(caller.scope(), id, modseq).await?.ok_or(Error::NotFound)?;
        if current.row.deleted_at.is_none() && current.row.revision == version.revision {
            return Ok(Written::unchanged(read::get(services, caller, id).await?));
        }
        let save = current.saved(&parsed(&version.bytes)?, Act::Restore);
        let write = Write::by(caller, services.clock.now(), batch, Act::Restore).and(save);
        match services.database.commit(write).await {
            Ok(_) => return Ok(Written::new(read::get(services, caller, id).await?, batch)),
            Err(Error::Conflict { why }) if seen == Seen::Any => refusal = Error::Conflict { why },
            Err(error) => return Err(error),
        }
    }
    Err(refusal)
}
