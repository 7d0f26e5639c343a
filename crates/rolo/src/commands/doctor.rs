//! `rolo doctor`: looks at what Rolo stands on and says what to do. `rolo rebuild`: makes everything derived anew.

use rolo_core::{Result, card::Card, contact::prepare, contracts::database::Rederived, id::ContactId};
use serde_json::{Map, Value, json};

use super::task::Voice;
use crate::{
    admin::{Done, Failed, Said},
    wire::Machine,
};

/// One thing that was looked at: how it is, or what is the matter and what to do.
struct Finding {
    what: &'static str,
    found: Result<String, String>,
}

impl Finding {
    fn of<T>(what: &'static str, found: Result<T>, well: impl FnOnce(T) -> String, cure: &str) -> Self {
        Self { what, found: found.map(well).map_err(|error| format!("{error} {cure}").trim_end().to_owned()) }
    }

    fn line(&self) -> String {
        let (Ok(words) | Err(words)) = &self.found;
        format!("{}: {words}", self.what)
    }

    fn json(&self) -> Value {
        match &self.found {
            Ok(_) => json!({ "name": self.what, "ok": true }),
            Err(why) => json!({ "name": self.what, "ok": false, "why": why }),
        }
    }
}

/// Looks at database, files with the disk below them, cache, index, and the port where no server has it yet.
pub(crate) async fn look(machine: &Machine, listen: Option<&str>) -> Said {
    let database = machine.services.database.ready().await;
    let files = room(machine).await;
    let index = machine.search.cursors().await;
    let cache = machine.cache.works().await;
    let technology = machine.cache.technology();
    let answers = || "answers".to_owned();
    let mut findings = vec![
        Finding::of("database", database, |()| answers(), "Look at services.database with rolo config."),
        Finding::of(
            "files",
            files,
            |()| format!("answer, with room for {ROOM_MIB} MiB more"),
            "Look at services.storage with rolo config.",
        ),
        Finding::of(
            "cache",
            cache,
            |()| format!("{technology}, answers"),
            "Everything works without it, only slower. Look at services.cache with rolo config.",
        ),
        Finding::of("search", index, |_| answers(), "If it stays so, make the index anew with rolo rebuild."),
    ];
    findings.extend(listen.map(|listen| Finding { what: "port", found: port(listen) }));
    let services: Vec<Value> = findings.iter().map(Finding::json).collect();
    let ill: Vec<String> = findings.iter().filter(|finding| finding.found.is_err()).map(Finding::line).collect();
    let version = env!("CARGO_PKG_VERSION");
    if ill.is_empty() {
        let text = findings.iter().map(Finding::line).collect::<Vec<_>>().join("\n");
        return Said::Done(Done { text, json: json!({ "version": version, "services": services }) });
    }
    let more = Map::from_iter([("version".to_owned(), version.into()), ("services".to_owned(), services.into())]);
    Said::Failed(Failed { why: ill.join("\n"), code: 3, more })
}

/// What a day's work may need, and nobody waits for to be written.
const ROOM_MIB: usize = 16;

/// Writes to the files and takes it away again.
async fn room(machine: &Machine) -> Result<()> {
    let key = format!("doctor/{}", machine.services.random.id());
    let pieces = Box::pin(futures_util::stream::iter((0..ROOM_MIB).map(|_| Ok(vec![b' '; 1 << 20]))));
    machine.services.storage.store(&key, pieces, (ROOM_MIB as u64) << 20).await?;
    machine.services.storage.delete(&key).await
}

/// Whether a server could listen where the configuration says.
fn port(listen: &str) -> Result<String, String> {
    match std::net::TcpListener::bind(listen) {
        Ok(_) => Ok(format!("{listen} is free")),
        Err(error) => {
            Err(format!("{listen} cannot be listened on ({error}). Choose another with --listen or server.listen."))
        }
    }
}

/// How many contacts are derived anew in one commit.
const CHUNK: usize = 500;

/// Makes models, summaries and keys from the cards, then the search index from them.
pub(crate) async fn rebuild(machine: &Machine, voice: &Voice) -> Result<Done> {
    let database = &machine.services.database;
    let mut changed = 0;
    let mut seen = 0;
    for (scope, head) in database.all_books().await? {
        let mut after: Option<ContactId> = None;
        loop {
            let rows = database.match_keys(&scope, head.book, after, CHUNK).await?;
            let Some(last) = rows.last().map(|row| row.id) else { break };
            let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            let cards = database.cards(&scope, &ids).await?;
            seen += cards.len();
            let derived = cards.into_iter().map(|stored| {
                let card = Card::parse(stored.bytes)?;
                Ok(Rederived { id: stored.id, revision: stored.revision, prepared: prepare(&card, &stored.uid) })
            });
            changed += database.rederive(&scope, head.book, derived.collect::<Result<Vec<_>>>()?).await?;
            after = Some(last);
            voice.note(format!("{seen} cards read")).await;
        }
    }
    machine.search.clear().await?;
    rolo_core::search::catch_up(database.as_ref(), machine.search.as_ref()).await?;
    Ok(Done {
        text: format!("{seen} cards read, {changed} derived anew, search index filled."),
        json: json!({ "cards": seen, "changed": changed }),
    })
}
