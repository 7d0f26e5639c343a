//! The line between Rolo and a server, with everything that happens to lines: cut, silent, slow, broken, full of rubbish.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Nobody listens, and who was connected is not any more.
    Refused,
    /// Whatever is said is taken, and nothing comes back.
    Hangs,
    /// Each answer takes this much longer.
    Slow(Duration),
    /// Each connection breaks as soon as something is said on it.
    Resets,
    /// Answers are noise.
    Rubbish,
}

/// A port of this machine that leads to a server.
pub(crate) struct Line {
    pub(crate) port: u16,
    fault: watch::Sender<Fault>,
    listening: JoinHandle<()>,
}

impl Line {
    /// A sound line to the server at `host:port`.
    pub(crate) async fn to(server: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (fault, state) = watch::channel(Fault::None);
        let listening = tokio::spawn(listen(listener, server.to_owned(), state));
        Self { port, fault, listening }
    }

    pub(crate) fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, server: String, mut state: watch::Receiver<Fault>) {
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    loop {
        if *state.borrow_and_update() == Fault::Refused {
            listener = None;
            state.wait_for(|fault| *fault != Fault::Refused).await.unwrap();
        }
        let open = match &listener {
            Some(open) => open,
            None => listener.insert(again(address).await),
        };
        tokio::select! {
            _ = state.changed() => {}
            accepted = open.accept() => {
                let (client, _) = accepted.unwrap();
                tokio::spawn(carry(client, server.clone(), state.clone()));
            }
        }
    }
}

/// The same port once more: who held it has only just let go.
async fn again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn carry(client: TcpStream, server: String, state: watch::Receiver<Fault>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut cut = state.clone();
    tokio::select! {
        _ = pump(&mut from_client, &mut to_server, state.clone(), false) => {}
        _ = pump(&mut from_server, &mut to_client, state, true) => {}
        _ = cut.wait_for(|fault| *fault == Fault::Refused) => {}
    }
    // The client hears of it as of a broken line, not as of an end.
    if *cut.borrow() == Fault::Resets {
        let _ = to_client.reunite(from_client).map(|client| client.set_zero_linger());
    }
}

async fn pump(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    mut state: watch::Receiver<Fault>,
    answers: bool,
) -> std::io::Result<()> {
    let mut octets = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut octets).await?;
        if count == 0 {
            return Ok(());
        }
        let fault = *state.borrow_and_update();
        match fault {
            Fault::Resets => return Ok(()),
            Fault::Hangs => drop(state.wait_for(|fault| *fault != Fault::Hangs).await),
            Fault::Slow(by) if answers => tokio::time::sleep(by).await,
            Fault::Rubbish if answers => octets[..count].fill(b'?'),
            _ => {}
        }
        to.write_all(&octets[..count]).await?;
    }
}
