//! How much of the gateway one address has at a time: connections, or requests where a proxy in front says who asks. Without
//! a bound a single machine takes every place there is, and nobody else comes in.

use std::{
    collections::HashMap,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;

use crate::upstream::{Body, BoxError};

/// Everybody who is in, by address.
#[derive(Default)]
pub(crate) struct Crowd {
    /// Only who has something stands here: as many as there are connections and requests, at most.
    held: Mutex<HashMap<u128, usize>>,
    turned_away: AtomicU64,
}

/// One of what an address may have, until it is dropped.
pub(crate) struct Seat {
    crowd: Arc<Crowd>,
    of: u128,
}

/// What a connection holds from its first octet to its last: one place of the process, and one of its address where that is bounded.
pub(crate) struct Place {
    pub(super) _room: OwnedSemaphorePermit,
    pub(super) _seat: Option<Seat>,
}

impl Crowd {
    fn held(&self) -> MutexGuard<'_, HashMap<u128, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one more of this address in, unless it has as many as it may.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Seat> {
        let of = neighbourhood(address);
        let mut held = self.held();
        let has = held.get(&of).copied().unwrap_or(0);
        if has >= most {
            drop(held);
            self.turned_away.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        held.insert(of, has + 1);
        drop(held);
        Some(Seat { crowd: Arc::clone(self), of })
    }

    /// How many were turned away since the start.
    pub(crate) fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut held = self.crowd.held();
        match held.get_mut(&self.of) {
            Some(has) if *has > 1 => *has -= 1,
            _ => drop(held.remove(&self.of)),
        }
    }
}

impl Seat {
    /// Keeps the seat until the answer has left, or is given up.
    pub(crate) fn until_left(self, response: Response<Body>) -> Response<Body> {
        response.map(|body| Seated { body, _seat: self }.boxed_unsync())
    }
}

/// An IPv4 address, or the /64 of an IPv6 one: whoever has one address of it has them all.
pub(crate) fn neighbourhood(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

/// An answer's body, and the seat of who asked for it.
struct Seated {
    body: Body,
    _seat: Seat,
}

impl hyper::body::Body for Seated {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(crowd: &Arc<Crowd>, address: &str) -> Option<Seat> {
        crowd.enter(address.parse().unwrap(), 2)
    }

    #[test]
    fn an_address_has_as_many_as_it_may_and_who_leaves_makes_room() {
        let crowd = Arc::new(Crowd::default());
        let first = enter(&crowd, "192.0.2.1").unwrap();
        let _second = enter(&crowd, "::ffff:192.0.2.1").unwrap();
        assert!(enter(&crowd, "192.0.2.1").is_none(), "IPv4 at a socket of IPv6 is the same address");
        assert!(enter(&crowd, "192.0.2.2").is_some(), "another one does not notice");
        drop(first);
        assert!(enter(&crowd, "192.0.2.1").is_some());
        assert_eq!(crowd.turned_away(), 1);
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_its_neighbour_is_another() {
        let crowd = Arc::new(Crowd::default());
        let seats = [enter(&crowd, "2001:db8::1"), enter(&crowd, "2001:db8::ffff:1")];
        assert!(enter(&crowd, "2001:db8::2").is_none());
        assert!(enter(&crowd, "2001:db8:0:1::1").is_some());
        drop(seats);
        assert!(crowd.held().is_empty(), "nobody is remembered who has nothing");
    }
}
