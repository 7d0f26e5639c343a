//! Ports.

use std::{io, net::SocketAddr, time::Duration};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tracing::warn;

use super::connection::{Way, serve};

/// Connections that wait in the kernel to be accepted.
const QUEUE: i32 = 1024;

/// Opens a port, by as many sockets as shall share it. One for `[::]` takes visitors of IPv4 too, unless it is `apart`.
pub(super) fn open(address: SocketAddr, apart: bool, sockets: usize) -> io::Result<Vec<TcpListener>> {
    let mut opened = Vec::new();
    let mut address = address;
    for _ in 0..sockets {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // What an earlier process left in TIME_WAIT is no obstacle; a process that listens is.
        socket.set_reuse_address(true)?;
        if sockets > 1 {
            socket.set_reuse_port(true)?;
        }
        if address.is_ipv6() {
            // What the system would do is a setting of its own; here it is as the plan says.
            socket.set_only_v6(apart)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(QUEUE)?;
        let socket = TcpListener::from_std(socket.into())?;
        address = socket.local_addr()?;
        opened.push(socket);
    }
    Ok(opened)
}

/// Accepts connections until the door is closed.
pub(super) async fn attend(socket: TcpListener, way: Way) {
    while let Some(place) = way.place().await {
        let accepted = tokio::select! {
            () = way.closed() => break,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                // An answer leaves in one piece: waiting for more to send with it only costs time.
                let _ = stream.set_nodelay(true);
                // A visitor of IPv4 at a socket of IPv6 is one of IPv4.
                let address = SocketAddr::new(address.ip().to_canonical(), address.port());
                serve(stream, address, &way, place);
            }
            Err(error) => {
                // Out of descriptors, or the peer left at once: neither may end the listener, the first must not spin.
                warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
