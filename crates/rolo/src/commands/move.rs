//! `rolo move`: everything from one database into another, between any two technologies.
//!
//! The source is sealed first and stays as it is. What was copied is compared row by row before anything is switched; a move
//! that was cut short goes on where it was when it is started again. See `docs/decisions/copying.md`.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};
use rolo_core::Error;
use rolo_services::database::{
    self, Options, Relational,
    copy::{self, Epochs, Seal, Value},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    before::Before,
    cli::{Common, Move},
    task::Printer,
};
use crate::{
    admin::{Done, Said},
    config::{Config, Origin},
    wire::{configured, within},
};

/// Moves, or takes a move back.
pub(crate) async fn run(common: &Common, config: Config, asked: Move) -> Result<ExitCode> {
    let mut printer = Printer::new(common.json);
    let from = match url(asked.from, asked.from_file.as_deref())? {
        Some(url) => Options::of(&absolute(&common.data, &url)?, false),
        None => {
            let configured = configured(&common.data, &config, false);
            Options { url: absolute(&common.data, &configured.url)?, ..configured }
        }
    };
    let done = match url(asked.to, asked.to_file.as_deref())? {
        Some(to) => {
            let to = absolute(&common.data, &to)?;
            let before = Before::of(common, &config, asked.no_backup);
            let after = advice(common, &config, &to);
            let mut note = |said| Ok(printer.print(Said::Note(said))?);
            relocate(&from, &to, &before, &after, &mut note).await?
        }
        None => give_up(&from).await?,
    };
    printer.print(Said::Done(done))?;
    Ok(ExitCode::SUCCESS)
}

/// Who says what is going on.
type Note<'n> = &'n mut dyn FnMut(String) -> Result<()>;

async fn relocate(from: &Options, to: &str, before: &Before, after: &str, note: Note<'_>) -> Result<Done> {
    apart(&from.url, to)?;
    let source = database::open(from).await?;
    // A move that goes on was backed up before it began.
    let begins = source.seal().await?.is_none();
    if begins {
        before.is_possible()?;
    }
    let target = database::open(&Options::of(to, true)).await?;
    let from = &from.url;
    let picture = picture(&source, &target, to).await?;
    let backup = if begins { before.take(&source, note).await? } else { serde_json::Value::Null };
    let mut filling = target.filling(&picture).await?;
    if filling.at().is_some() {
        note("An earlier move was cut short: it goes on where it was.".to_owned())?;
    }
    source.set_seal(&Seal::Moving { to: shown(to), picture: picture.clone() }).await?;
    note(format!("{} is only read from now on.", shown(from)))?;
    let mut frozen = source.frozen().await?;
    let mut last = None;
    copy::transfer(&mut frozen, &mut filling, |at| {
        let percent = at.rows * 100 / at.of.max(1);
        match last.replace(percent) == Some(percent) {
            true => Ok(()),
            false => note(format!("{percent:>3} % copied: {} of {} rows, {}", at.rows, at.of, at.table))
                .map_err(|error| Error::internal(format!("{error:#}"))),
        }
    })
    .await?;
    note("Comparing every row.".to_owned())?;
    let mut tables = Vec::new();
    let mut copied = target.frozen().await?;
    if let Err((table, found)) =
        copy::verify(&mut frozen, &mut copied, |table, same| tables.push((table, same))).await?
    {
        return Err(differs(table.name, &found).into());
    }
    source.set_seal(&Seal::Moved { to: shown(to), picture }).await?;
    filling.finish(Epochs::Kept).await?;
    let rows: u64 = tables.iter().map(|(_, same)| same.rows).sum();
    let text = format!(
        "{rows} rows in {} tables were copied to {} and compared. Ids, versions, history and sync tokens are the same: phones notice \
         nothing. {after}\nThe old database keeps everything it had and is refused from now on; rolo move --give-up lets it be used \
         again.",
        tables.len(),
        shown(to)
    );
    let tables: Vec<_> = tables
        .iter()
        .map(|(table, same)| json!({ "name": table.name, "rows": same.rows, "sha256": hex(&same.digest) }))
        .collect();
    let (from, to) = (shown(from), shown(to));
    Ok(Done { text, json: json!({ "from": from, "to": to, "backup": backup, "rows": rows, "tables": tables }) })
}

/// The name of what is copied: that of a move that was cut short on the same way, or a new one.
async fn picture(source: &Relational, target: &Relational, to: &str) -> Result<String> {
    match source.seal().await? {
        None => Ok(Uuid::now_v7().to_string()),
        Some(Seal::Moving { to: begun, picture }) if begun == shown(to) => Ok(picture),
        // Cut short behind the comparison: only the end is missing.
        Some(Seal::Moved { to: begun, picture })
            if begun == shown(to)
                && matches!(target.seal().await?, Some(Seal::Filling { source, .. }) if source == picture) =>
        {
            Ok(picture)
        }
        Some(Seal::Filling { .. }) => Err(Error::conflict(
            "The database to be moved is itself half filled. Let the copying into it go on to its end first.",
        )
        .into()),
        Some(Seal::Moving { to, .. }) => Err(Error::conflict(format!(
            "A move to {to} has begun and is not finished. Start that again, or take it back with rolo move --give-up."
        ))
        .into()),
        Some(Seal::Moved { to, .. }) => Err(Error::conflict(format!(
            "This database has moved to {to} already. To move it again all the same, say rolo move --give-up first."
        ))
        .into()),
    }
}

async fn give_up(from: &Options) -> Result<Done> {
    let source = database::open(from).await?;
    let from = &from.url;
    let to = match source.seal().await? {
        Some(Seal::Moving { to, .. } | Seal::Moved { to, .. }) => to,
        Some(Seal::Filling { .. }) => {
            return Err(Error::conflict(
                "This database is half filled, so there is nothing to go back to. Let the copying go on to its end, or choose \
                 another database.",
            )
            .into());
        }
        None => {
            let text = format!("No move of {} is going on. Nothing was changed.", shown(from));
            return Ok(Done { text, json: json!({ "from": shown(from), "given_up": false }) });
        }
    };
    source.take_seal().await?;
    let text = format!(
        "The move was taken back: {} is in use again, as it was. What was written at {to} since is not in it. A half-filled copy \
         there is refused until another move fills it anew.",
        shown(from)
    );
    Ok(Done { text, json: json!({ "from": shown(from), "to": to, "given_up": true }) })
}

/// A URL, given on the command line or in a file.
fn url(given: Option<String>, file: Option<&Path>) -> Result<Option<String>> {
    let Some(file) = file else { return Ok(given) };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the file {}, which holds a URL, cannot be read", file.display()))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The URL with its path written out, so that it means the same from everywhere.
fn absolute(data: &Path, url: &str) -> Result<String> {
    let url = within(data, url);
    match url.strip_prefix("sqlite:") {
        Some(path) => Ok(format!("sqlite:{}", std::path::absolute(path)?.display())),
        None => Ok(url),
    }
}

/// Two databases, and two folders where they are files: one folder holds one.
fn apart(from: &str, to: &str) -> Result<(), Error> {
    let folder = |url: &str| url.strip_prefix("sqlite:").map(|path| Path::new(path).parent().map(Path::to_owned));
    if from == to || folder(from).is_some_and(|ours| folder(to) == Some(ours)) {
        return Err(Error::invalid(
            "to",
            "The new database must be another one, in another folder where both are files. Nothing was changed.",
        ));
    }
    Ok(())
}

/// A URL without its password and its parameters.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split('?').next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((who, place)) => format!("{scheme}://{}@{place}", who.split(':').next().unwrap_or_default()),
        None => format!("{scheme}://{rest}"),
    }
}

/// How the configuration is changed, where it is said now.
fn advice(common: &Common, config: &Config, to: &str) -> String {
    let file = common.config.clone().unwrap_or_else(|| common.data.join("rolo.toml"));
    let lines = config.lines();
    let origin = lines.iter().find(|line| line.name == "services.database").map(|line| &line.origin);
    let (to, file) = (shown(to), file.display());
    match origin {
        Some(Origin::Environment(variable)) => {
            format!("Now let {variable} name {to} (with its password), then start rolo serve.")
        }
        _ => format!(
            "Now write this into {file}, with the password, then start rolo serve:\n[services]\ndatabase = \"{to}\""
        ),
    }
}

fn differs(table: &str, found: &copy::Difference) -> Error {
    let (what, key) = match found {
        copy::Difference::Missing(key) => ("is not in the copy", key),
        copy::Difference::Added(key) => ("is only in the copy", key),
        copy::Difference::Changed(key) => ("is another in the copy", key),
    };
    let key: Vec<String> = key
        .iter()
        .map(|value| match value {
            Value::Blob(octets) => hex(octets),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Null => "nothing".to_owned(),
        })
        .collect();
    Error::conflict(format!(
        "A row of {table} ({}) {what}. The old database is as it was and nothing was switched: does something else write to one of \
         them? Say rolo move --give-up, then move into an empty database.",
        key.join(", ")
    ))
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        assert_eq!(
            shown("postgres://rolo:hunter2@db:5432/rolo?sslmode=require&password=x"),
            "postgres://rolo@db:5432/rolo"
        );
        assert_eq!(shown("mysql://rolo:a@b@db/rolo"), "mysql://rolo@db/rolo");
        assert_eq!(shown("mysql://db/rolo"), "mysql://db/rolo");
        assert_eq!(shown("sqlite:/data/rolo.db"), "sqlite:/data/rolo.db");
    }

    #[test]
    fn a_database_is_not_moved_onto_itself_or_beside_itself() {
        assert!(apart("sqlite:/a/rolo.db", "sqlite:/a/new.db").is_err());
        assert!(apart("mysql://db/rolo", "mysql://db/rolo").is_err());
        assert!(apart("sqlite:/a/rolo.db", "sqlite:/b/rolo.db").is_ok());
        assert!(apart("mysql://db/rolo", "postgres://db/rolo").is_ok());
    }
}
