//! Many who listen at once, over real sockets: a change reaches all of them, whoever does not read is nobody's burden, and a
//! silent line shows that it lives.

use std::time::Duration;

use rolo_core::account::{Role, person::Tenant};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use crate::{
    sockets,
    support::{House, Person},
};

/// Listeners of one account: one fewer than it may have.
const EACH: usize = 63;
const PEOPLE: usize = 16;

/// Somebody at the other end of a connection.
struct Ear(BufReader<TcpStream>);

impl Ear {
    /// Listens and hears the greeting.
    async fn open(here: std::net::SocketAddr, person: &Person, since: &str) -> Self {
        let mut stream = TcpStream::connect(here).await.unwrap();
        let head = format!(
            "GET /v1/events HTTP/1.1\r\nhost: rolo\r\nlast-event-id: {since}\r\nauthorization: Bearer {}\r\n\r\n",
            person.token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut ear = Self(BufReader::new(stream));
        ear.hear("retry: ").await;
        ear
    }

    /// Reads on to the next line that begins so, and answers what follows; what else there is must not be news.
    async fn hear(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).await.unwrap() > 0, "the stream ended");
            if let Some(rest) = line.trim_end().strip_prefix(beginning) {
                return rest.to_owned();
            }
            assert!(!line.starts_with("id: "), "{line}");
        }
    }

    /// Up to where the next news are.
    async fn news(&mut self) -> String {
        self.hear("id: ").await
    }
}

async fn since(house: &House, person: &Person) -> String {
    let snapshot = house.get("/v1/snapshot").by(person).await.expect(200).text();
    let first: serde_json::Value = serde_json::from_str(snapshot.lines().next().unwrap()).unwrap();
    first["since"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_listeners_hear_of_one_change() {
    let (house, ann) = House::of_ann().await;
    let book = house.post("/v1/books", json!({ "name": "Team", "shared": true })).by(&ann).await.expect(201).json();
    let mut people = vec![ann.clone()];
    for number in 1..PEOPLE {
        people.push(house.person(&format!("Person{number}"), Tenant::Of(ann.organisation), Role::Member).await);
    }
    let here = sockets::listen(house.api.clone()).await;
    let mut ears = Vec::new();
    for person in &people {
        let since = since(&house, person).await;
        for _ in 0..EACH {
            ears.push((person.account, Ear::open(here, person, &since).await));
        }
    }
    assert!(ears.len() >= 1_000);
    let write = async |name: &str| {
        let card = json!({ "name": { "full": name } });
        house.post("/v1/contacts", json!({ "book": book["id"], "card": card })).by(&ann).await.expect(201);
    };
    // Nobody reads while this is written: each is owed one event, not twenty.
    for number in 0..20 {
        write(&format!("Bo the {number}th")).await;
    }
    for person in &people {
        let upto = since(&house, person).await;
        for (_, ear) in ears.iter_mut().filter(|(account, _)| *account == person.account) {
            let mut events = 1;
            while ear.news().await != upto {
                events += 1;
            }
            assert!(events < 20, "{events} events for 20 changes");
        }
    }
    // One who never reads again is no burden to the others.
    let (_, deaf) = ears.remove(0);
    let began = std::time::Instant::now();
    write("Cy").await;
    for (_, ear) in &mut ears {
        ear.news().await;
    }
    println!("{} listeners heard of a change within {:?} of its being sent", ears.len(), began.elapsed());
    drop(deaf);
}

#[tokio::test]
async fn a_silent_line_shows_that_it_lives() {
    let (house, ann) = House::of_ann_with_heart_beat(Duration::from_millis(20)).await;
    let since = since(&house, &ann).await;
    let mut heard = house.get(format!("/v1/events?since={since}")).by(&ann).listen().await;
    for _ in 0..3 {
        assert_eq!(heard.next().await.as_deref(), Some(":\n\n"));
    }
    house.contact(&ann, "Bo").await;
    while heard.next().await.as_deref() == Some(":\n\n") {}
    // The control: with the usual time between beats, the first thing heard is news.
    let (house, ann) = House::of_ann().await;
    let mut heard = house.get("/v1/events").by(&ann).listen().await;
    assert!(heard.next().await.unwrap().starts_with("event: changes\n"));
}
