//! The same through NGINX, with the configuration that `rolo config nginx` prints: what it hands on, our gateway reads as it was
//! meant, and neither floods nor slow clients before it are felt behind it.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{interval, timeout},
};

use crate::{
    attackers,
    floods::{Bystander, MEMORY_MIB, TURN, rounds, warm},
    framing::conversations,
    front::{self, HOST, SHORT, apart},
    h2::{END_STREAM, HEADERS, converse, frame, head, hello},
    ledger::Ledger,
    slow::trickle,
    streams::heads,
    wire::{PATIENCE, connect, exchange, statuses},
};

/// So many attackers at a time: each of their streams is a connection to the gateway.
const ATTACKERS: usize = 5;

/// What `rolo config nginx` prints; a test of the program holds the file against it.
const PRINTED: &str = include_str!("../../../../deploy/nginx/rolo.conf");

/// NGINX in front of a gateway: over HTTP/1 at one port, over HTTP/2 at the other.
struct Nginx {
    child: Child,
    plain: SocketAddr,
    h2: SocketAddr,
}

/// The printed configuration for a test: without TLS, so that every octet is the test's own, on ports that are free, and with
/// times of seconds instead of minutes.
fn printed(to: SocketAddr, other: SocketAddr, plain: SocketAddr, h2: SocketAddr) -> String {
    let mut text = PRINTED.to_owned();
    for (from, to) in [
        ("    server 127.0.0.1:8080;", format!("    server {to};")),
        ("    listen 80;\n    listen [::]:80;", format!("    listen {other};")),
        (
            "    listen 443 ssl http2;\n    listen [::]:443 ssl http2;",
            format!("    listen {h2} http2;\n    listen {plain};"),
        ),
        ("\"contacts.example\"", format!("\"{HOST}\"")),
        ("client_header_timeout       15s", "client_header_timeout 4s".to_owned()),
        ("client_body_timeout         60s", "client_body_timeout 4s".to_owned()),
        ("send_timeout                60s", "send_timeout 4s; lingering_timeout 1s; lingering_time 1s".to_owned()),
        ("keepalive_timeout           60s", "keepalive_timeout 4s".to_owned()),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from} is printed once");
        text = text.replace(from, &to);
    }
    text.lines().filter(|line| !line.trim_start().starts_with("ssl_")).map(|line| format!("{line}\n")).collect()
}

impl Nginx {
    /// `None` where it is not installed; in CI it is.
    async fn start(folder: &Path, to: SocketAddr) -> Option<Self> {
        let Some(program) = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).is_file())
        else {
            assert!(std::env::var_os("CI").is_none(), "NGINX is not installed: apt-get install nginx");
            return None;
        };
        let free = [(); 3].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let [other, plain, h2] = free.map(|socket| socket.local_addr().unwrap());
        let (place, site) = (folder.display(), printed(to, other, plain, h2));
        let config = format!(
            "daemon off; worker_processes 1; pid {place}/pid; error_log {place}/error.log;\nevents {{ worker_connections 2048; }}\n\
             http {{ access_log off; client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; \
             fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;\n{site}}}\n"
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let nginx = Self { child, plain, h2 };
        let mut ticks = interval(Duration::from_millis(20));
        let there = async {
            while tokio::net::TcpStream::connect(h2).await.is_err() {
                ticks.tick().await;
            }
        };
        timeout(PATIENCE, there).await.expect("NGINX listens in time");
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends when told so by name; killed, it would leave it behind.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_nginx_hands_on_is_read_as_it_was_meant() {
    let ledger = Ledger::default();
    let front = front::start_behind(ledger.clone(), SHORT).await;
    let folder = tempfile::tempdir().unwrap();
    let Some(nginx) = Nginx::start(folder.path(), front.address).await else { return };

    let held = conversations().into_iter().map(|octets| async move { exchange(nginx.plain, &octets).await });
    let over_h1 = join_all(held).await.concat();
    let held = heads().into_iter().map(|frames| async move { converse(nginx.h2, &frames).await });
    let over_h2 = join_all(held).await.concat();
    let seen = ledger.seen("").len();
    let unanswered = ledger.unanswered("", &[over_h1, over_h2].concat());
    assert_eq!(unanswered, [""; 0]);
    assert!(seen > 20, "{seen} came through");
}

/// The floods again: NGINX ends their connections, the gateway behind it keeps its memory, and somebody is answered through both.
#[tokio::test]
async fn floods_before_nginx_are_not_felt_behind_it() {
    let _turn = TURN.lock().await;
    let (play, address, _) = tokio::task::spawn_blocking(|| apart("behind")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(nginx) = Nginx::start(folder.path(), address).await else { return };
    let somebody = Bystander::start(nginx.plain);
    let before = warm(&play, nginx.h2).await;
    macro_rules! each {
        ($($attacker:ident),* $(,)?) => {
            for _ in 0..rounds() {
                $(
                    println!("{} …", stringify!($attacker));
                    join_all((0..ATTACKERS).map(|_| attackers::$attacker(nginx.h2))).await;
                )*
            }
        };
    }
    each!(
        opened_and_reset,
        begun_and_reset,
        made_to_reset_by_windows,
        made_to_reset_by_lengths,
        endless_head,
        endless_head_of_nothing,
        data_of_nothing,
        settings,
        pings,
        pongs,
        windows,
        frames_of_no_kind,
        unread_acknowledgements,
        bomb,
        untaken_by_windows_of_nothing,
        untaken_by_windows_of_an_octet,
        untaken_by_wide_windows,
    );
    let peak = play.peak_mib();
    let answered = tokio::task::spawn_blocking(|| somebody.answers()).await.unwrap();
    assert!(peak <= before + MEMORY_MIB, "{before} MiB before, {peak} MiB at the peak");
    println!("through NGINX: {before} MiB before, {peak} MiB at the peak, {answered} answers to a bystander");
}

/// Whoever holds on before NGINX is closed by it; a body that goes on coming, however slowly, is gathered there and reaches nobody.
#[tokio::test]
async fn slow_clients_before_nginx_hold_nothing_behind_it() {
    let ledger = Ledger::default();
    let front = front::start_behind(ledger.clone(), SHORT).await;
    let folder = tempfile::tempdir().unwrap();
    let Some(nginx) = Nginx::start(folder.path(), front.address).await else { return };
    let somebody = Bystander::start(nginx.plain);
    let slow = b"GET /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
    let served = b"GET /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    let silent = b"POST /v1/silent HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n";
    // Imports are handed on as they come: there it is the gateway that does not wait.
    let upload = b"POST /v1/imports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n";
    let trickled = b"POST /v1/trickled HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n";
    let trickling = tokio::spawn(trickle(nginx.plain, trickled, b"x"));
    let hello = hello();
    let half = [hello.clone(), frame(HEADERS, END_STREAM, 1, &head("GET", "/v1/x"))].concat();
    let (_, _, _, _, _, _, said, late) = tokio::join!(
        trickle(nginx.plain, b"", b""),
        trickle(nginx.plain, b"G", b""),
        trickle(nginx.plain, slow, b"x"),
        trickle(nginx.plain, served, b""),
        trickle(nginx.h2, &hello, b""),
        trickle(nginx.h2, &half, b""),
        trickle(nginx.plain, silent, b""),
        trickle(nginx.plain, upload, b"x"),
    );
    // NGINX closes without a word, the gateway says why.
    assert_eq!((statuses(&said), statuses(&late)), (Vec::new(), vec![408]), "{}", String::from_utf8_lossy(&late));
    let reached = [ledger.seen("/v1/silent"), ledger.seen("/v1/trickled")].concat();
    assert_eq!(reached, [""; 0], "a body that is not whole reaches nobody");
    trickling.abort();

    let mut stream = connect(nginx.plain).await;
    stream.write_all(b"GET /v1/large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
    stream.read_exact(&mut [0; 1]).await.unwrap();
    let given_up = async {
        let mut ticks = interval(Duration::from_millis(50));
        while ledger.leaving() > 0 {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, given_up).await.expect("an answer that is not taken is given up");
    tokio::task::spawn_blocking(|| somebody.answers()).await.unwrap();
}
