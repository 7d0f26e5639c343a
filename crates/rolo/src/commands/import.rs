//! `rolo import`: brings in a file with the same job the browser starts: stored first, checked row by row, then written.

use std::time::{Duration, Instant};

use rolo_core::{
    Error, Result, Seed,
    account::Caller,
    book::{self, NewBook},
    id::{BookId, ImportId},
    import::{self, Import, NewImport, Policy, State, Upload, limit},
};
use serde_json::json;

use super::{
    account::{book_named, caller},
    cli::CheckName,
    task::{Input, Voice},
};
use crate::{admin::Done, wire::Machine};

/// What `rolo import` says.
pub(crate) struct Request {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) book: Option<String>,
    pub(crate) dry_run: bool,
    pub(crate) check: CheckName,
}

/// Imports a file, or says what would happen.
pub(crate) async fn run(machine: &Machine, request: Request, input: Input, voice: &Voice) -> Result<Done> {
    let Request { name, email, book, dry_run, check } = request;
    let services = &machine.services;
    let mut caller = caller(machine, &email).await?;
    let book = match book {
        Some(name) => Some(book_for(machine, &mut caller, &name, &email).await?),
        None => None,
    };
    let id = ImportId(services.random.id());
    let key = format!("imports/{id}/0");
    services.storage.store(&key, input, limit::FILE_BYTES_MAX).await?;
    let new = NewImport { id: Some(id), book, files: vec![Upload { name, key }] };
    import::begin_unread(services, &caller, new, &Seed::default()).await?;
    let checked = import::check(services, &caller, id).await?;
    if checked.state == State::Failed {
        return Err(Error::invalid("file", checked.why.unwrap_or_default()));
    }
    if dry_run {
        import::remove(services, &caller, id).await?;
        return Ok(told(&checked, "would be"));
    }
    let policy = match check {
        CheckName::Skip => Policy::Skip,
        CheckName::New => Policy::New,
        CheckName::Update => Policy::Update,
    };
    import::run(services, &caller, id, policy).await?;
    let ended = finish(machine, &caller, id, voice).await?;
    match ended.state {
        State::Done => Ok(told(&ended, "were")),
        _ => Err(Error::conflict(ended.why.unwrap_or_else(|| "The import was taken back while it ran.".to_owned()))),
    }
}

/// How long the server's worker may be silent before the command takes a step itself.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often people are told how far it is.
const NOTES: Duration = Duration::from_secs(1);

/// Waits while the server's worker goes on, and works where nobody does: whoever is late finds the number taken.
async fn finish(machine: &Machine, caller: &Caller, id: ImportId, voice: &Voice) -> Result<Import> {
    let services = &machine.services;
    let (mut tick, mut number, mut moved, mut noted) = (0, 0, Instant::now(), None::<Instant>);
    loop {
        let import = import::get(services, caller, id).await?;
        if import.state != State::Running {
            return Ok(import);
        }
        if noted.is_none_or(|at| at.elapsed() >= NOTES) {
            noted = Some(Instant::now());
            voice.note(format!("{} of {} rows", import.done, import.rows)).await;
        }
        let row = services.database.import(caller.scope(), id).await?.ok_or(Error::NotFound)?;
        if row.number != number {
            (number, moved) = (row.number, Instant::now());
        }
        if machine.works && moved.elapsed() < PATIENCE {
            let newer = tokio::time::timeout(PATIENCE, services.database.committed_after(tick)).await;
            tick = newer.unwrap_or(tick);
            continue;
        }
        // Nothing for so long: the worker has set it aside after an error, which is then told here.
        match import::advance(services, &row).await {
            Ok(_) | Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The book of this name; a new name makes a book.
async fn book_for(machine: &Machine, caller: &mut Caller, name: &str, email: &str) -> Result<BookId> {
    if let Some(row) = book_named(machine, caller, name).await? {
        return Ok(row.id);
    }
    let new = NewBook { name: name.to_owned(), shared: false };
    let made = book::create::create(&machine.services, caller, new, &Seed::default()).await?;
    // Who asks is fixed when a caller is made: a new book needs a new one.
    *caller = super::account::caller(machine, email).await?;
    Ok(made.value.id)
}

fn told(import: &Import, verb: &str) -> Done {
    let counts = &import.counts;
    let json = json!({
        "created": counts.new, "updated": counts.update, "same": counts.same, "check": counts.check, "refused": counts.refused,
        "import": import.id, "batch": import.batch,
    });
    let text = format!(
        "{} rows: {} {verb} created, {} updated; {} are the same, {} need a decision, {} are refused.",
        import.rows, counts.new, counts.update, counts.same, counts.check, counts.refused
    );
    Done { text, json }
}
