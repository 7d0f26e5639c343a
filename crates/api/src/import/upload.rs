//! A file is uploaded: streamed to storage, never held.

use http::{StatusCode, header};
use rolo_core::{
    Error,
    id::{BookId, ImportId},
    import::{self, NewImport, Upload, limit::FILE_BYTES_MAX},
};

use super::shape::Import;
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn upload(api: Api, mut ask: Ask) -> Done {
    let services = api.services();
    let book: BookId = ask.query.parsed("book", "a book's id")?.ok_or(Error::NotFound)?;
    // Before the first octet is kept: whose disk it fills.
    ask.caller()?.may_edit(book)?;
    let name = ask.query.required("name")?.to_owned();
    let id = ImportId(services.random.id());
    let key = format!("imports/{id}");
    let octets = services.storage.store(&key, Box::pin(ask.chunks()?), FILE_BYTES_MAX).await?;
    let begun = if octets == 0 {
        Err(Error::invalid("", "The file is empty."))
    } else {
        let new = NewImport { id: Some(id), book: Some(book), files: vec![Upload { name, key: key.clone() }] };
        import::begin(services, ask.caller()?, new, &ask.seed).await
    };
    match begun {
        Ok(import) => {
            let answer = Answer::json(&Import::of(import))?.with_status(StatusCode::CREATED);
            Ok(answer.with(header::LOCATION, format!("/v1/imports/{id}")))
        }
        Err(error) => {
            if let Err(left) = services.storage.delete(&key).await {
                tracing::warn!(error = ?left, key, "an upload nobody needs could not be deleted");
            }
            Err(error.into())
        }
    }
}
