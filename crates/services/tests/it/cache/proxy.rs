//! A wire to a server that can be cut, go silent, slow down, fill up or speak rubbish.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::AbortHandle,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Connections end, and new ones end at once.
    Cut,
    /// Nothing is answered any more.
    Silent,
    /// Each answer takes two seconds.
    Slow,
    /// Answers are no answers.
    Rubbish,
    /// Everything is refused for want of memory.
    Full,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    mood: watch::Sender<Mood>,
    accepting: AbortHandle,
}

impl Proxy {
    pub(crate) async fn to(url: &str) -> Self {
        let server = url.strip_prefix("redis://").unwrap().trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mood, seen) = watch::channel(Mood::Well);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, seen) = (server.clone(), seen.clone());
                tokio::spawn(async move {
                    if *seen.borrow() != Mood::Cut {
                        let _ended = carry(client, TcpStream::connect(&server).await?, seen).await;
                    }
                    std::io::Result::Ok(())
                });
            }
        });
        Self { address, mood, accepting: accepting.abort_handle() }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub(crate) fn be(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, mut mood: watch::Receiver<Mood>) -> std::io::Result<()> {
    let (mut asked, mut told) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        let now = *mood.borrow_and_update();
        tokio::select! {
            _ = mood.changed() => {
                // A line that was silent or spoke rubbish is out of step.
                if *mood.borrow() == Mood::Cut || !matches!(now, Mood::Well | Mood::Slow) {
                    return Ok(());
                }
            }
            count = client.read(&mut asked) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                match now {
                    Mood::Well | Mood::Slow => server.write_all(&asked[..count]).await?,
                    Mood::Rubbish => client.write_all(b"\x16\x03\x01 what?\r\n").await?,
                    Mood::Full => client.write_all(b"-OOM command not allowed when used memory > 'maxmemory'.\r\n").await?,
                    Mood::Silent | Mood::Cut => {}
                }
            }
            count = server.read(&mut told), if matches!(now, Mood::Well | Mood::Slow) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                if now == Mood::Slow {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
                client.write_all(&told[..count]).await?;
            }
        }
    }
}
