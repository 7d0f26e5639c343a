//! A real NGINX of one's own: a configuration whose `${NAME}`s are filled in, on a free loopback port.

use std::{
    fs::Permissions,
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::Failure;

const READY: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A running one. Dropped, it is stopped, with its workers.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Killed, it would leave its workers behind.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// The program, also where a plain user's path does not lead.
pub(crate) fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join("nginx")).find(|file| file.is_file())
}

impl Nginx {
    /// Starts it in this folder, where it keeps its files, and waits until it listens. `PORT` is filled in here.
    pub(crate) fn start(folder: &Path, template: &Path, fill: &[(&str, String)]) -> Result<Self, Failure> {
        let program = program().ok_or("nginx is not installed (on Debian the package nginx)")?;
        // Its workers are another user, when this one is root.
        std::fs::set_permissions(folder, Permissions::from_mode(0o755))?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut text = std::fs::read_to_string(template)?.replace("${PORT}", &address.port().to_string());
        for (name, value) in fill {
            text = text.replace(&format!("${{{name}}}"), value);
        }
        let file = folder.join("nginx.conf");
        std::fs::write(&file, text)?;
        let errors = folder.join("error.log");
        let mut nginx = Command::new(program);
        nginx.arg("-p").arg(folder).arg("-c").arg(&file).arg("-e").arg(&errors);
        let mut child = nginx.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if child.try_wait()?.is_some() || begun.elapsed() > READY {
                let _ = child.kill();
                let said = std::fs::read_to_string(&errors).unwrap_or_default();
                return Err(format!("nginx does not start: {said}").into());
            }
            std::thread::sleep(PAUSE);
        }
        Ok(Self { child, address })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}
