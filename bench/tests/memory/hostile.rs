//! What an import of a hostile file takes of memory: bounded, and no more when the file is four times as long.
//!
//! Files are told while they are read, so that none of them lies in memory; everything else is real. Core does all its
//! work on the thread that asks, and that thread's allocations are counted.

use std::sync::Arc;

use allocation_counter::measure;
use async_trait::async_trait;
use rolo_core::{
    Result, Seed,
    contracts::{Storage, storage::Chunks},
    id::ImportId,
    import::{self, Import, NewImport, Policy, State, Upload},
};

use crate::world::{self, World};

/// What a file may take: some chunks of rows, a card of the largest size read in several ways, the blocks in between.
const BYTES_MAX: u64 = 64 << 20;
/// What a file of four times the length may take more.
const GROWTH_MAX: u64 = 2 << 20;
const KEY: &str = "imports/told";

/// A file that says one thing again and again.
#[derive(Clone, Default)]
struct Tale {
    head: Vec<u8>,
    again: Vec<u8>,
    times: usize,
    tail: Vec<u8>,
}

impl Tale {
    fn new(head: &str, again: &str, times: usize, tail: &str) -> Self {
        let (head, again, tail) = (head.into(), again.into(), tail.into());
        Self { head, again, times, tail }
    }

    fn len(&self) -> usize {
        self.head.len() + self.again.len() * self.times + self.tail.len()
    }

    fn read(&self, offset: usize, length: usize) -> Vec<u8> {
        let end = self.len().min(offset.saturating_add(length));
        let mut out = Vec::with_capacity(end.saturating_sub(offset));
        let middle = self.head.len() + self.again.len() * self.times;
        while offset + out.len() < end {
            let at = offset + out.len();
            let rest = match at {
                at if at < self.head.len() => &self.head[at..],
                at if at < middle => &self.again[(at - self.head.len()) % self.again.len()..],
                at => &self.tail[at - middle..],
            };
            out.extend_from_slice(&rest[..rest.len().min(end - at)]);
        }
        out
    }
}

/// Storage that tells one file and keeps all others.
struct Telling {
    tale: Tale,
    real: Arc<dyn Storage>,
}

#[async_trait]
impl Storage for Telling {
    async fn store(&self, key: &str, chunks: Chunks<'_>, bytes_max: u64) -> Result<u64> {
        self.real.store(key, chunks, bytes_max).await
    }

    async fn read(&self, key: &str, offset: u64, length: usize) -> Result<Option<Vec<u8>>> {
        match key {
            KEY => Ok(Some(self.tale.read(usize::try_from(offset).unwrap(), length))),
            key => self.real.read(key, offset, length).await,
        }
    }

    async fn length(&self, key: &str) -> Result<Option<u64>> {
        match key {
            KEY => Ok(Some(self.tale.len() as u64)),
            key => self.real.length(key).await,
        }
    }

    async fn keys(&self) -> Result<Vec<String>> {
        self.real.keys().await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.real.delete(key).await
    }
}

/// Checks and runs an import of this file; what became of it, and the most it held at once.
fn imported(name: &str, tale: Tale) -> (Import, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut w = runtime.block_on(world::world());
    w.s.storage = Arc::new(Telling { tale, real: w.s.storage.clone() });
    let files = vec![Upload { name: name.into(), key: KEY.into() }];
    let new = NewImport { id: None, book: None, files };
    let id = runtime.block_on(import::begin(&w.s, &w.noor, new, &Seed::default())).unwrap().id;
    let mut told = None;
    let memory = measure(|| told = Some(runtime.block_on(to_the_end(&w, id))));
    (told.unwrap(), memory.bytes_max)
}

async fn to_the_end(w: &World, id: ImportId) -> Import {
    let checked = import::check(&w.s, &w.noor, id).await.unwrap();
    if checked.state != State::Checked {
        return checked;
    }
    import::run(&w.s, &w.noor, id, Policy::Skip).await.unwrap();
    while let Some(row) = w.s.database.unfinished().await.unwrap().pop() {
        import::advance(&w.s, &row).await.unwrap();
    }
    import::get(&w.s, &w.noor, id).await.unwrap()
}

/// Whether what two files took is bounded; the second is four times as long as the first.
fn bounded(small: u64, large: u64) -> Result<(), String> {
    match small.max(large) {
        most if most > BYTES_MAX => Err(format!("{most} octets at once")),
        _ if large > small + GROWTH_MAX => Err(format!("{small} octets, and {large} for four times the length")),
        _ => Ok(()),
    }
}

/// A file, once and four times as long, is refused or imported as `says` says, in bounded memory.
#[track_caller]
fn holds(name: &str, tale: impl Fn(usize) -> Tale, says: impl Fn(&Import) -> bool) {
    let (told, small) = imported(name, tale(1));
    assert!(says(&told), "{told:?}");
    let (told, large) = imported(name, tale(4));
    assert!(says(&told), "{told:?}");
    assert_eq!(bounded(small, large), Ok(()), "{name}");
}

fn failed(why: &str) -> impl Fn(&Import) -> bool {
    move |told| told.state == State::Failed && told.why.as_ref().is_some_and(|told| told.contains(why))
}

/// New and refused rows.
fn rows(new: u64, refused: u64) -> impl Fn(&Import) -> bool {
    move |told| told.state == State::Done && (told.counts.new, told.counts.refused) == (new, refused)
}

#[test]
fn an_archive_that_swells_is_refused_in_bounded_memory() {
    use std::io::{Cursor, Write};
    use zip::{ZipWriter, write::SimpleFileOptions};
    let bomb = |times: usize| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("contacts.csv", SimpleFileOptions::default()).unwrap();
        let block = vec![b'a'; 1 << 20];
        for _ in 0..24 * times {
            zip.write_all(&block).unwrap();
        }
        Tale { tail: zip.finish().unwrap().into_inner(), ..Tale::default() }
    };
    assert!(bomb(1).len() < 50_000, "it swells more than 500 times");
    holds("bomb.zip", bomb, failed("unpacks to more than 200 times its size"));
}

#[test]
fn an_endless_quote_is_one_bad_row_in_bounded_memory() {
    let head = "First Name,Last Name,Labels,E-mail 1 - Value\nAnn,Lee,,ann@x.example\nBob,\"";
    holds("quote.csv", |n| Tale::new(head, "Ray and so on ", n * 800_000, ""), rows(1, 1));
}

#[test]
fn a_card_of_millions_of_lines_is_refused_in_bounded_memory() {
    let head = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Million\n";
    holds("million.vcf", |n| Tale::new(head, "X-ANOTHER-LINE:and more\n", n * 500_000, "END:VCARD\n"), rows(1, 1));
}

#[test]
fn ten_thousand_cards_in_each_other_are_refused_in_bounded_memory() {
    let head = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEND:VCARD\n";
    let tale = |n| Tale::new(head, "BEGIN:VCARD\nAGENT:\n", n * 10_000, &"END:VCARD\n".repeat(n * 10_000));
    holds("nested.vcf", tale, rows(1, 1));
}

#[test]
fn objects_in_each_other_are_refused_in_bounded_memory() {
    let tale = |n| Tale::new("[{\"@type\":\"Card\",\"name\":{\"full\":\"Ann\"}},", "{\"a\":", n * 500_000, "");
    holds("nested.json", tale, rows(1, 1));
}

#[test]
fn ten_thousand_groups_in_each_other_are_labels_in_bounded_memory() {
    let mut text = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:g-0\r\nFN:Ann\r\nEND:VCARD\r\n".to_owned();
    for n in 1..=10_000 {
        let member = n - 1;
        text += &format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nUID:g-{n}\r\nFN:Group {n}\r\nMEMBER:g-{member}\r\nEND:VCARD\r\n"
        );
    }
    let (told, memory) = imported("groups.vcf", Tale { tail: text.into_bytes(), ..Tale::default() });
    assert_eq!((told.state, told.counts.new, told.counts.same), (State::Done, 1, 10_000), "{told:?}");
    assert!(memory <= BYTES_MAX, "{memory} octets at once");
}

#[test]
fn control_a_reader_that_takes_a_file_whole_is_found() {
    let held = |times: usize| {
        let tale = Tale::new("", "X-A:b\n", times * 1_000_000, "");
        measure(|| drop(tale.read(0, tale.len()))).bytes_max
    };
    assert!(bounded(held(1), held(4)).is_err());
    assert!(bounded(BYTES_MAX + 1, BYTES_MAX + 1).is_err());
}
