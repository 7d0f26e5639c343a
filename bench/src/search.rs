//! Search as you type: a fixed mix of queries over one book of generated people, against two bare SQLite peers.
//!
//! The peers answer the same question with less: `like` over one folded column, and one FTS5 `match` without ranking, count or
//! phone numbers. Every query goes through the contract, so threads and ids are paid for.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rolo_core::{
    card::model::Name,
    contracts::search::{Cursor, SearchIndex},
    id::{BookId, BookKey, ContactId, Modseq, OrganisationId},
    invent::{People, Person},
    search::{Document, Plan, Query, fold::fold},
};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{
    Outcome, say,
    speed::{Failure, Row},
};

/// What people type: beginnings, whole names, other scripts, parts of numbers, typos, filters, and what nobody has.
const MIX: [&str; 20] = [
    "j",
    "mar",
    "jose",
    "emm smi",
    "smith emma",
    "emma smith",
    "müller",
    "lukasz",
    "田中",
    "محمد",
    "мария",
    "50501",
    "0664",
    "(202) 555",
    "555 12",
    "contact1",
    "emma smiht",
    "kowalczik",
    "has:phone no:email mar",
    "nobody at all",
];
const ROUNDS: usize = 50;
const CHUNK: usize = 2_000;
const BOOK: BookKey = BookKey { organisation: OrganisationId(Uuid::from_u128(1)), book: BookId(Uuid::from_u128(1)) };

/// Fills the indexes with as many people as asked for (100,000), asks, prints.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let people: usize = arguments.first().map_or(Ok(100_000), |number| number.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(compare(people)).map_err(|why| why.to_string().into())
}

/// The rows of `speed`: a mix of queries over so many people.
pub(crate) async fn rows(people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let filled = fill(folder.path(), people).await?;
    let asked = mix(&filled, |_| ()).await?;
    let ms = |micros: u128| format!("{:.2} ms", micros as f64 / 1e3);
    let row = |what: &str, ours, theirs, most, goal| Row {
        what: format!("search, {people} contacts, {what}"),
        rolo: ms(ours),
        peer: ms(theirs),
        ratio: format!("{:.2}", ours as f64 / theirs.max(1) as f64),
        goal,
        met: ours <= most,
    };
    let [ours, theirs, ..] = asked.p50;
    Ok(vec![
        row("p50 (peer: bare match)", ours, theirs, 1_000, "≤ 1 ms"),
        row("p99 (peer: bare match)", asked.p99[0], asked.p99[1], 10_000, "≤ 10 ms"),
    ])
}

/// The index and its peer, filled with the same people.
struct Filled {
    index: Arc<dyn SearchIndex>,
    peer: Peer,
    ours: Duration,
    theirs: Duration,
}

async fn compare(people: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let filled = fill(folder.path(), people).await?;
    say(&format!(
        "{people} people: filled in {:.1} s (peer {:.1} s), {} MB",
        filled.ours.as_secs_f64(),
        filled.theirs.as_secs_f64(),
        megabytes(folder.path())?
    ));
    ask(&filled).await?;
    edit(&*filled.index, people).await
}

async fn fill(folder: &Path, people: usize) -> Result<Filled, Failure> {
    let index = rolo_services::search::open(&format!("fts:{}", folder.join("search.db").display()))?;
    let mut peer = Peer::new(&folder.join("peer.db"))?;
    let mut row = People::seeded(1);
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for start in (0..people).step_by(CHUNK) {
        let chunk: Vec<Person> = row.by_ref().take(CHUNK.min(people - start)).collect();
        let docs: Vec<Document> = (start..).zip(&chunk).map(|(n, person)| document(n, person)).collect();
        let texts: Vec<String> = docs.iter().zip(&chunk).map(|(doc, person)| text(doc, person)).collect();
        let since = start.checked_sub(CHUNK).map(reached);
        let at = Instant::now();
        index.apply(BOOK, since, reached(start), docs, Vec::new()).await?;
        ours += at.elapsed();
        let at = Instant::now();
        peer.fill(i64::try_from(start)?, &texts)?;
        theirs += at.elapsed();
    }
    Ok(Filled { index, peer, ours, theirs })
}

/// After the chunk that begins at `n`, or after `n` edits more.
fn reached(n: usize) -> Cursor {
    Cursor { epoch: 1, upto: Modseq(n as u64) }
}

fn document(n: usize, person: &Person) -> Document {
    Document::of(ContactId(Uuid::from_u128(n as u128)), &person.model, Vec::new(), Some("AT"))
}

/// The words of a document in one line, with the phone numbers as written.
fn text(doc: &Document, person: &Person) -> String {
    let mut words = [doc.name.join(" "), doc.emails.join(" "), doc.rest.join(" ")].join(" ");
    for phone in person.model.phones.values() {
        words.push(' ');
        words.push_str(&phone.number);
    }
    words
}

/// What asking the whole mix came to, in microseconds: ours, the bare match, the bare scan.
struct Asked {
    p50: [u128; 3],
    p99: [u128; 3],
}

async fn ask(filled: &Filled) -> Result<(), Failure> {
    say(&format!(
        "{:<26} {:>6} {:>10} {:>10} {:>12} {:>12}",
        "query", "found", "p50 µs", "p99 µs", "match p50", "like p50"
    ));
    let asked = mix(filled, say).await?;
    let ([p50, match_p50, like_p50], [p99, ..]) = (asked.p50, asked.p99);
    say(&format!("search: p50 {p50} µs, p99 {p99} µs; bare match p50 {match_p50} µs, bare like p50 {like_p50} µs"));
    Ok(())
}

/// Asks each query of the mix, and tells a line of each.
async fn mix(filled: &Filled, tell: impl Fn(&str)) -> Result<Asked, Failure> {
    let Filled { index, peer, .. } = filled;
    let (mut all, mut matches, mut likes) = (Vec::new(), Vec::new(), Vec::new());
    for text in MIX {
        let plan = Plan::new(&Query::parse(text, Some("AT"))?, &[(BOOK, "Home")], &[]);
        let (mut times, mut match_times, mut like_times) = (Vec::new(), Vec::new(), Vec::new());
        let mut found = 0;
        for _ in 0..ROUNDS {
            let at = Instant::now();
            found = index.find(&plan, None, 50).await?.total;
            times.push(at.elapsed());
            match_times.push(peer.matches(text)?);
        }
        // Scanning everything each time: a few rounds tell.
        for _ in 0..5 {
            like_times.push(peer.like(text)?);
        }
        let row = [at(&mut times, 50), at(&mut times, 99), at(&mut match_times, 50), at(&mut like_times, 50)];
        tell(&format!("{text:<26} {found:>6} {:>10} {:>10} {:>12} {:>12}", row[0], row[1], row[2], row[3]));
        all.append(&mut times);
        matches.append(&mut match_times);
        likes.append(&mut like_times);
    }
    let mut three = [all, matches, likes];
    Ok(Asked { p50: three.each_mut().map(|times| at(times, 50)), p99: three.each_mut().map(|times| at(times, 99)) })
}

/// An edit, until it is found.
async fn edit(index: &dyn SearchIndex, people: usize) -> Result<(), Failure> {
    let mut times = Vec::new();
    let mut since = index.cursors().await?.first().ok_or("nothing was filled")?.1;
    for (round, mut person) in People::seeded(2).take(200).enumerate() {
        person.model.name = Some(Name { full: Some(format!("Findme{round} Edited")), ..Name::default() });
        let doc = document(round * 37 % people, &person);
        let plan = Plan::new(&Query::parse(&format!("findme{round}"), None)?, &[(BOOK, "Home")], &[]);
        let at = Instant::now();
        index.apply(BOOK, Some(since), reached(people + round), vec![doc], Vec::new()).await?;
        since = reached(people + round);
        if index.find(&plan, None, 1).await?.total != 1 {
            return Err("an edit was not found".into());
        }
        times.push(at.elapsed());
    }
    say(&format!("edit, then found: p50 {} µs, p99 {} µs", at(&mut times, 50), at(&mut times, 99)));
    Ok(())
}

/// Bare SQLite, asked the obvious way.
struct Peer(Connection);

impl Peer {
    fn new(path: &std::path::Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = normal; create table person (id integer primary key, text text not null);
             create virtual table word using fts5 (text, content='', detail=none);",
        )?;
        Ok(Self(connection))
    }

    fn fill(&mut self, start: i64, texts: &[String]) -> rusqlite::Result<()> {
        let transaction = self.0.transaction()?;
        for (n, text) in (start..).zip(texts) {
            transaction.prepare_cached("insert into person (id, text) values (?1, ?2)")?.execute(params![n, text])?;
            transaction.prepare_cached("insert into word (rowid, text) values (?1, ?2)")?.execute(params![n, text])?;
        }
        transaction.commit()
    }

    fn matches(&self, text: &str) -> rusqlite::Result<Duration> {
        let words: Vec<String> = fold(text).iter().map(|word| format!("\"{word}\"*")).collect();
        let mut statement = self.0.prepare_cached(
            "select p.id, p.text from word cross join person p on p.id = word.rowid where word match ?1 limit 50",
        )?;
        timed(statement.query([words.join(" AND ")])?)
    }

    fn like(&self, text: &str) -> rusqlite::Result<Duration> {
        let words =
            fold(text).into_iter().chain(std::iter::repeat(String::new())).take(3).map(|word| format!("%{word}%"));
        let mut statement = self.0.prepare_cached(
            "select id, text from person where text like ?1 and text like ?2 and text like ?3 limit 50",
        )?;
        timed(statement.query(rusqlite::params_from_iter(words))?)
    }
}

fn timed(mut rows: rusqlite::Rows<'_>) -> rusqlite::Result<Duration> {
    let at = Instant::now();
    while let Some(row) = rows.next()? {
        row.get_ref(1)?;
    }
    Ok(at.elapsed())
}

fn at(times: &mut [Duration], percent: usize) -> u128 {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).map_or(0, Duration::as_micros)
}

fn megabytes(folder: &std::path::Path) -> std::io::Result<u64> {
    let mut octets = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("search") {
            octets += entry.metadata()?.len();
        }
    }
    Ok(octets / 1_000_000)
}
