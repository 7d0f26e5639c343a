//! Floods of HTTP/2, one kind after the other. The gateway runs in a process of its own: its memory is
//! measured, and somebody else asks all the while.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use futures_util::future::join_all;
use tokio::{io::AsyncWriteExt as _, sync::Mutex};

use crate::{
    attackers,
    front::{Play, apart},
    h2::{DATA, get, next, open},
    wire::{exchange, statuses},
};

/// What a gateway may take beyond what it had, whatever comes.
pub(crate) const MEMORY_MIB: u64 = 64;
/// So many attackers at a time; `ROLO_ROUNDS` says how often they come back, for a soak.
pub(crate) const ATTACKERS: usize = 20;

/// One after the other: each wants the machine for itself.
pub(crate) static TURN: Mutex<()> = Mutex::const_new(());

/// How often the attackers come back.
pub(crate) fn rounds() -> usize {
    std::env::var("ROLO_ROUNDS").map_or(1, |rounds| rounds.parse().expect("ROLO_ROUNDS is a number"))
}

/// Somebody who wants nothing but answers, in a thread of its own.
pub(crate) struct Bystander {
    stop: Arc<AtomicBool>,
    asking: std::thread::JoinHandle<usize>,
}

impl Bystander {
    /// Asks, again and again.
    pub(crate) fn start(address: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let asking = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let mut answered = 0;
            while answered == 0 || !stopped.load(Relaxed) {
                // People do not ask as fast as they can: the machine is the attackers'.
                std::thread::sleep(std::time::Duration::from_millis(2));
                let request = b"GET /v1/bystander HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
                let answer = runtime.block_on(exchange(address, request));
                assert_eq!(
                    statuses(&answer),
                    [200],
                    "after {answered} answers: {:?}",
                    String::from_utf8_lossy(&answer)
                );
                answered += 1;
            }
            answered
        });
        Self { stop, asking }
    }

    /// How many answers there were; every question had one.
    pub(crate) fn answers(self) -> usize {
        self.stop.store(true, Relaxed);
        self.asking.join().expect("a question was not answered")
    }
}

/// Lets attackers loose, each until the gateway closes its connection; what they cost in memory is bounded, and a bystander is
/// answered all the while.
async fn attack<F: Future<Output = ()>>(attacker: impl Fn(SocketAddr) -> F) {
    let _turn = TURN.lock().await;
    let (play, address, _) = tokio::task::spawn_blocking(|| apart("short")).await.unwrap();
    let somebody = Bystander::start(address);
    let before = warm(&play, address).await;
    for _ in 0..rounds() {
        join_all((0..ATTACKERS).map(|_| attacker(address))).await;
    }
    let peak = play.peak_mib();
    let answered = somebody.answers();
    assert!(peak <= before + MEMORY_MIB, "{before} MiB before, {peak} MiB at the peak");
    println!("{before} MiB before, {peak} MiB at the peak, {answered} answers to a bystander");
}

/// Memory when every part was used once.
pub(crate) async fn warm(play: &Play, address: SocketAddr) -> u64 {
    for _ in 0..20 {
        let mut stream = open(address).await;
        stream.write_all(&get(1, "/v1/warm")).await.unwrap();
        while let Some(frame) = next(&mut stream).await {
            if frame.kind == DATA {
                break;
            }
        }
    }
    play.resident_mib()
}

#[tokio::test]
async fn streams_that_are_opened_and_reset_at_once_end_their_connection() {
    attack(attackers::opened_and_reset).await;
}

#[tokio::test]
async fn streams_that_are_reset_when_work_has_begun_end_their_connection() {
    attack(attackers::begun_and_reset).await;
}

#[tokio::test]
async fn streams_that_the_server_is_made_to_reset_end_their_connection() {
    attack(attackers::made_to_reset_by_windows).await;
    attack(attackers::made_to_reset_by_lengths).await;
}

#[tokio::test]
async fn a_head_that_goes_on_for_ever_ends_its_connection() {
    attack(attackers::endless_head).await;
    attack(attackers::endless_head_of_nothing).await;
}

#[tokio::test]
async fn frames_that_say_nothing_end_their_connection() {
    attack(attackers::data_of_nothing).await;
    attack(attackers::settings).await;
    attack(attackers::pings).await;
    attack(attackers::pongs).await;
    attack(attackers::windows).await;
    attack(attackers::frames_of_no_kind).await;
}

#[tokio::test]
async fn acknowledgements_that_nobody_reads_are_not_heaped_up() {
    attack(attackers::unread_acknowledgements).await;
}

#[tokio::test]
async fn a_bomb_of_references_is_not_unpacked() {
    attack(attackers::bomb).await;
}

#[tokio::test]
async fn answers_that_nobody_takes_are_not_heaped_up() {
    attack(attackers::untaken_by_windows_of_nothing).await;
    attack(attackers::untaken_by_windows_of_an_octet).await;
    attack(attackers::untaken_by_wide_windows).await;
}
