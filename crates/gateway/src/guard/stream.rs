//! The octets of a connection: one whose other end takes nothing any more is given up, and so is one that sends much and asks
//! for nothing.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{pace::Pace, record::Record};
use crate::listen::Place;

/// For how many octets that it was sent a connection may answer with one of windows and acknowledgements.
const WRITTEN_PER_CHATTER: u64 = 8;

/// A stream with its record. It holds the connection's place, also after HTTP was left for another protocol.
pub(crate) struct Guarded<S> {
    stream: S,
    record: Arc<Record>,
    pace: Pace,
    read: u64,
    written: u64,
    _place: Option<Place>,
}

impl<S> Guarded<S> {
    pub(crate) fn new(stream: S, record: Arc<Record>, place: Option<Place>) -> Self {
        let pace = Pace::new(record.patience().stall, record.bounds().rate_min);
        Self { stream, record, pace, read: 0, written: 0, _place: place }
    }

    /// What a write came to.
    fn watched<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
        octets: impl Fn(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        let octets = if let Poll::Ready(Ok(written)) = &outcome { octets(written) as u64 } else { 0 };
        self.written += octets;
        if self.pace.watch(context, &outcome, octets).is_ready() {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the other end takes nothing any more")));
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.read += (buffer.filled().len() - before) as u64;
        if self.record.is_chatter(self.read, self.written / WRITTEN_PER_CHATTER) {
            return Poll::Ready(Err(io::Error::other("it sends much and asks for nothing")));
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, octets);
        self.watched(context, outcome, |written| *written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watched(context, outcome, |written| *written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.watched(context, outcome, |()| 0)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watched(context, outcome, |()| 0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
        time::interval,
    };

    use super::*;
    use crate::{Bounds, Patience};

    fn guarded(chatter_max: u64) -> (Guarded<DuplexStream>, DuplexStream) {
        let (here, there) = duplex(64);
        let patience = Patience { stall: Duration::from_millis(300), ..Patience::default() };
        let bounds = Bounds { rate_min: 100, chatter_max, ..Bounds::default() };
        (Guarded::new(here, Arc::new(Record::new(patience, bounds)), None), there)
    }

    #[tokio::test]
    async fn who_takes_nothing_is_given_up_and_who_reads_slowly_is_not() {
        let (mut stream, mut there) = guarded(1000);
        let writing = tokio::spawn(async move { stream.write_all(&[7; 960]).await.map(|()| stream) });
        let (mut taken, mut ticks) = ([0; 960], interval(Duration::from_millis(30)));
        for piece in taken.chunks_mut(32) {
            ticks.tick().await;
            there.read_exact(piece).await.unwrap();
        }
        let mut stream = writing.await.unwrap().expect("it took longer in all, but never stood still");
        let stalled = stream.write_all(&[7; 640]).await.unwrap_err();
        assert_eq!(stalled.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_takes_an_octet_now_and_then_is_given_up() {
        let (mut stream, mut there) = guarded(1000);
        let reading = tokio::spawn(async move {
            let mut ticks = interval(Duration::from_millis(30));
            while there.read_u8().await.is_ok() {
                ticks.tick().await;
            }
        });
        assert_eq!(stream.write_all(&[7; 640]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(stream);
        reading.await.unwrap();
    }

    #[tokio::test]
    async fn who_sends_much_and_asks_for_nothing_is_given_up() {
        let (mut stream, mut there) = guarded(100);
        let writing = tokio::spawn(async move { there.write_all(&[7; 101]).await.map(|()| there) });
        let mut taken = [0; 100];
        stream.read_exact(&mut taken).await.unwrap();
        assert!(stream.read_u8().await.is_err());
        writing.await.unwrap().unwrap();
    }
}
