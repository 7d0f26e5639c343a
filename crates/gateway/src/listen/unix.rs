//! Unix sockets: for a proxy on the same machine, which is let in by owner and group of the file.

use std::{
    fs, io,
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::net::UnixListener;
use tracing::warn;

use super::connection::{Way, serve};
use crate::forwarded::UNIX;

/// A socket with its file, which goes away with it.
pub(super) struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Opens a socket. A file that nobody listens on any more is taken away first.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let listener = match UnixListener::bind(path) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && left_behind(path) => {
                fs::remove_file(path)?;
                UnixListener::bind(path)?
            }
            bound => bound?,
        };
        let socket = Self { listener, path: path.to_owned() };
        fs::set_permissions(path, fs::Permissions::from_mode(0o660))?;
        Ok(socket)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            warn!(error = %error, path = %self.path.display(), "a socket's file could not be taken away");
        }
    }
}

/// Whether a socket's file outlived its process.
fn left_behind(path: &Path) -> bool {
    UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// Accepts connections until the door is closed.
pub(super) async fn attend(socket: Socket, way: Way) {
    while let Some(place) = way.place().await {
        let accepted = tokio::select! {
            () = way.closed() => break,
            accepted = socket.listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => serve(stream, UNIX, &way, place),
            Err(error) => {
                warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
