//! A networked database that goes away in every way there is, while somebody reads and writes: each call is answered rightly
//! or refused in time, nothing that was acknowledged is lost, and soon after its return everything is as before.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rolo_core::{
    Error, Result,
    contracts::Database,
    id::ContactId,
    write::{Act, Expect},
};
use rolo_services::database::{Options, Relational, connect_with};
use tokio::sync::RwLock;

use super::{
    rules,
    world::{World, card, id, save},
};
use crate::line::{Fault, Line};

rules![networked:
    each_fault_of_the_line_is_answered_in_time_and_survived,
    a_commit_that_broke_is_there_whole_or_not_at_all,
    a_server_that_only_reads_refuses_writes_and_goes_on_reading,
    a_password_that_is_wrong_is_refused_and_right_again_is_taken,
    a_server_elsewhere_must_prove_its_name,
    a_server_that_proves_its_name_is_spoken_to_in_secret,
];

/// What is promised for a server that hangs, and the slack of a busy machine.
const IN_TIME: Duration = Duration::from_secs(5 + 2);
/// How long each fault lasts: longer than anybody is made to wait.
const LASTS: Duration = Duration::from_secs(5);
const CONNECTIONS: usize = 4;

const FAULTS: [Fault; 5] =
    [Fault::Refused, Fault::Hangs, Fault::Slow(Duration::from_secs(2)), Fault::Resets, Fault::Rubbish];

/// A server that takes no writes takes none of any plain user: the others wait until it does again.
static ONLY_READS: RwLock<()> = RwLock::const_new(());

/// The same database at the end of a line.
async fn at_the_end_of(world: &World) -> (Line, Arc<Relational>) {
    let line = Line::to(&format!("127.0.0.1:{}", world.place.port())).await;
    let user = world.place.make_plain_user().await;
    let url = world.place.url_as(&user, "127.0.0.1", line.port, "");
    let options = Options { connections: CONNECTIONS, ..Options::of(&url, false) };
    let far = connect_with(&options).await.unwrap();
    (line, Arc::new(far))
}

/// Waits until it is ready again, for no longer than is promised.
pub(super) async fn is_back(db: &Relational) {
    let began = Instant::now();
    while let Err(error) = db.ready().await {
        assert!(began.elapsed() < IN_TIME, "it does not come back: {error:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn create(world: &World, db: &Relational) -> Result<ContactId> {
    let contact = id();
    let write = world.write(Act::Create).and(save(&world.ada, contact, Expect::Absent, card("Anna Lind")));
    db.commit(write).await?.committed().map(|_| contact)
}

/// Fails when a call took too long, or failed otherwise than by saying that the database is away.
fn timely<T>(began: Instant, fault: Fault, outcome: Result<T>) -> Option<T> {
    assert!(began.elapsed() < IN_TIME, "{fault:?}: {:?}", began.elapsed());
    match outcome {
        Ok(value) => Some(value),
        Err(Error::Unavailable { service: "database", .. }) => None,
        Err(other) => panic!("{fault:?}: {other:?}"),
    }
}

async fn each_fault_of_the_line_is_answered_in_time_and_survived(world: World) {
    let _writable = ONLY_READS.read().await;
    let (line, far) = at_the_end_of(&world).await;
    let mut acknowledged = vec![create(&world, &far).await.unwrap()];
    for fault in FAULTS {
        line.set(fault);
        let until = Instant::now() + LASTS;
        let (mut refused, mut answered) = (0, 0);
        while Instant::now() < until {
            // More at once than there are connections.
            let calls = (0..2 * CONNECTIONS).map(|_| async {
                let began = Instant::now();
                let read = timely(began, fault, far.contact(world.ada.scope(), acknowledged[0]).await);
                let began = Instant::now();
                (read, timely(began, fault, create(&world, &far).await))
            });
            for (read, written) in futures_util::future::join_all(calls).await {
                assert!(read.is_none_or(|contact| contact.is_some()), "{fault:?}: a wrong answer");
                refused += usize::from(written.is_none());
                answered += usize::from(written.is_some());
                acknowledged.extend(written);
            }
        }
        assert!(refused > 0, "{fault:?} was not felt: {answered} were answered");
        assert!(far.ready().await.is_err(), "{fault:?}: a database that is away is not ready");
        line.set(Fault::None);
        is_back(&far).await;
        acknowledged.push(create(&world, &far).await.unwrap());
    }
    for contact in &acknowledged {
        assert!(
            world.db.contact(world.ada.scope(), *contact).await.unwrap().is_some(),
            "an acknowledged write is lost"
        );
    }
    // One more than the pool holds: that of the pulse. Whatever broke was closed, so the server counts no others for long.
    let began = Instant::now();
    while world.place.connections_of_plain_user().await > CONNECTIONS + 1 {
        assert!(began.elapsed() < IN_TIME, "connections are left behind");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn a_commit_that_broke_is_there_whole_or_not_at_all(world: World) {
    let _writable = ONLY_READS.read().await;
    let (line, far) = at_the_end_of(&world).await;
    let mut tried = Vec::new();
    for round in 0..40 {
        let contact: ContactId = id();
        let write = world.write(Act::Create).and(save(&world.ada, contact, Expect::Absent, card("Bo Ek")));
        let commit = far.commit(write);
        // Each time a little later: before it begins, between two statements, while COMMIT is on its way.
        let cut = async {
            tokio::time::sleep(Duration::from_micros(round * 400)).await;
            line.set(Fault::Refused);
        };
        let (outcome, ()) = futures_util::future::join(commit, cut).await;
        line.set(Fault::None);
        tried.push((contact, outcome.is_ok()));
        is_back(&far).await;
    }
    assert!(tried.iter().any(|(_, acknowledged)| !acknowledged), "no commit was cut");
    let mut there = 0;
    for (contact, acknowledged) in tried {
        let found = world.db.contact(world.ada.scope(), contact).await.unwrap();
        assert!(found.is_some() || !acknowledged, "an acknowledged write is lost");
        let versions = world.db.versions(world.ada.scope(), contact, None, 10).await;
        let versions = versions.map_or(0, |page| page.items.len());
        assert_eq!(versions, usize::from(found.is_some()), "half a write is there");
        there += u64::from(found.is_some());
    }
    assert_eq!(world.db.books(world.ada.scope()).await.unwrap()[0].contacts, there);
}

async fn a_server_that_only_reads_refuses_writes_and_goes_on_reading(world: World) {
    let _alone = ONLY_READS.write().await;
    let user = world.place.make_plain_user().await;
    let url = world.place.url_as(&user, "127.0.0.1", world.place.port(), "");
    let far = connect_with(&Options::of(&url, false)).await.unwrap();
    let contact = create(&world, &far).await.unwrap();
    world.place.only_reads(true).await;
    let refused = create(&world, &far).await;
    assert!(matches!(refused, Err(Error::Unavailable { service: "database", .. })), "{refused:?}");
    match far.contact(world.ada.scope(), contact).await {
        Ok(found) => assert!(found.is_some(), "reading goes on"),
        // TiDB, told to read only, refuses a new connection its isolation level.
        Err(Error::Unavailable { service: "database", .. }) if world.place.is_tidb().await => {}
        Err(other) => panic!("reading does not go on: {other:?}"),
    }
    assert!(far.ready().await.is_err(), "a database that cannot be written is not ready");
    world.place.only_reads(false).await;
    is_back(&far).await;
    create(&world, &far).await.unwrap();
}

async fn a_password_that_is_wrong_is_refused_and_right_again_is_taken(world: World) {
    let _writable = ONLY_READS.read().await;
    let user = world.place.make_plain_user().await;
    let url = world.place.url_as(&user, "127.0.0.1", world.place.port(), "");
    let far = connect_with(&Options::of(&url, false)).await.unwrap();
    let contact = create(&world, &far).await.unwrap();
    world.place.lock_out(true).await;
    let began = Instant::now();
    // The connections there were have been ended; each new one is turned away.
    while far.contact(world.ada.scope(), contact).await.is_ok() {
        assert!(began.elapsed() < IN_TIME, "it is still served");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    timely(Instant::now(), Fault::None, far.contact(world.ada.scope(), contact).await);
    world.place.lock_out(false).await;
    is_back(&far).await;
    create(&world, &far).await.unwrap();
}

/// `2130706433` is 127.0.0.1, spelled so that it is not seen to be this machine.
const ELSEWHERE: &str = "2130706433";

/// The servers for tests have certificates nobody vouches for. This machine's own is believed; a server elsewhere would have
/// to prove who it is, unless the URL says how else.
async fn a_server_elsewhere_must_prove_its_name(world: World) {
    let port = world.place.port();
    connect_with(&Options::of(&world.place.url_at("127.0.0.1", port, ""), false)).await.unwrap();
    let refused = connect_with(&Options::of(&world.place.url_at(ELSEWHERE, port, ""), false)).await;
    assert!(refused.is_err(), "a server elsewhere was believed");
    let allowed = world.place.url_at(ELSEWHERE, port, world.place.in_the_clear());
    connect_with(&Options::of(&allowed, false)).await.unwrap();
}

async fn a_server_that_proves_its_name_is_spoken_to_in_secret(world: World) {
    let Some(authority) = authority() else { return };
    let _writable = ONLY_READS.read().await;
    let user = world.place.make_plain_user().await;
    let url = |host: &str, query: &str| world.place.url_as(&user, host, world.place.port(), query);
    world.place.let_in_secretly().await;
    let proved = world.place.proved_by(&authority);
    let far = connect_with(&Options::of(&url("localhost", &proved), false)).await.unwrap();
    create(&world, &far).await.unwrap();
    assert_eq!(world.place.in_the_clear_now().await, 0, "it was spoken to in the clear");
    // Its certificate is for `localhost` alone.
    assert!(connect_with(&Options::of(&url("127.0.0.1", &proved), false)).await.is_err(), "another name was believed");
    let stranger = world.place.proved_by("");
    assert!(connect_with(&Options::of(&url("localhost", &stranger), false)).await.is_err(), "nobody vouches for it");
}

/// Who vouches for the servers of the tests; in CI there is always somebody.
fn authority() -> Option<String> {
    let named = std::env::var("ROLO_TEST_AUTHORITY").ok().filter(|path| !path.is_empty());
    assert!(named.is_some() || std::env::var("CI").is_err(), "ROLO_TEST_AUTHORITY must name a certificate in CI");
    named
}
