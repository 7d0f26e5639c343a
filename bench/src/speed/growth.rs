//! Reads in one book of an instance that grows from that book alone to forty of the same size. What is told is of rows that were read
//! before; what the first reading takes, behind all that was written meanwhile, is the disk's and stands in a row of its own.

use std::time::Duration;

use rolo_core::{
    account::person::{self, NewPerson, Tenant},
    account::{self, Door},
};

use super::{
    Failure, NO_GOAL, Row,
    engines::{Filled, Times, add, fill, page},
};

/// How often a card is read; pages a tenth as often.
const ASKED: usize = 5_000;
const ROUNDS: usize = 5;

pub(crate) async fn run(people: usize, books: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let filled = fill(&format!("sqlite:{}", folder.path().join("rolo.db").display()), &folder, people).await?;
    reads(&filled).await?;
    let alone = settled(&filled).await?;
    for number in 1..books {
        let new = NewPerson {
            name: format!("Neighbour {number}"),
            email: format!("neighbour{number}@rolo.example"),
            password: "five quiet harbour mornings".to_owned(),
            tenant: Tenant::New(format!("Neighbours {number}")),
            role: None,
        };
        let neighbour = person::add(&filled.services, new).await?;
        let caller = account::of_account(&filled.services, neighbour.id, Door::Api, None).await?.ok_or("no caller")?;
        add(&filled.services, &caller, people).await?;
    }
    let [first, _] = reads(&filled).await?;
    let among = settled(&filled).await?;
    let all = people * books;
    let row = |what: &str, alone: Duration, among: Duration| {
        let ratio = among.as_secs_f64() / alone.as_secs_f64();
        Row {
            what: format!("{what} among {all}, beside {people} alone, p99"),
            rolo: format!("{:.0} µs", among.as_secs_f64() * 1e6),
            peer: format!("{:.0} µs", alone.as_secs_f64() * 1e6),
            ratio: format!("{ratio:.2}"),
            goal: "≤ 1.3",
            met: ratio <= 1.3,
        }
    };
    let first = Row {
        what: format!("a card among {all}, at the first reading, p99"),
        rolo: format!("{:.0} µs", first.as_secs_f64() * 1e6),
        goal: NO_GOAL,
        met: true,
        ..Row::default()
    };
    Ok(vec![row("a card", alone[0], among[0]), row("a page of 50", alone[1], among[1]), first])
}

/// The p99 of cards and of pages in the median of several rounds, each for itself.
async fn settled(filled: &Filled) -> Result<[Duration; 2], Failure> {
    let (mut cards, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let [card, page] = reads(filled).await?;
        cards.push(card);
        pages.push(page);
    }
    cards.sort_unstable();
    pages.sort_unstable();
    Ok([cards[ROUNDS / 2], pages[ROUNDS / 2]])
}

/// The p99 of cards and of pages.
async fn reads(filled: &Filled) -> Result<[Duration; 2], Failure> {
    let (database, scope) = (&*filled.services.database, filled.caller.scope());
    let (mut cards, mut pages) = (Times::default(), Times::default());
    for n in 0..ASKED {
        let id = filled.ids[n * 7919 % filled.ids.len()];
        cards.take(database.card(scope, id)).await?.ok_or("a contact is gone")?;
        if n % 10 == 0 {
            pages.take(database.list(scope, &page())).await?;
        }
    }
    Ok([cards.share(0.99), pages.share(0.99)])
}
