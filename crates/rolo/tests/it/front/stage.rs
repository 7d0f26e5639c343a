//! A real NGINX or Apache of the test's own: on free loopback ports, everything it writes in a folder that is gone afterwards.

use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::place::rolo;

/// Which web server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Apache,
}

/// What a web server is configured with: what `rolo config` printed.
pub(crate) struct Site {
    pub(crate) kind: Kind,
    pub(crate) folder: TempDir,
    pub(crate) text: String,
    pub(crate) http: u16,
    pub(crate) https: u16,
    /// What it proves itself with.
    pub(crate) certificate: CertificateDer<'static>,
}

/// A running one. Ends with its value.
pub(crate) struct Running {
    child: Child,
    pub(crate) site: Site,
}

impl Kind {
    fn program(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache2",
        }
    }

    /// Where it is. Without it a test says that it was left out; in CI it fails.
    pub(crate) fn found(self) -> Option<PathBuf> {
        let name = self.program();
        let folders = env::var("PATH").unwrap_or_default();
        let folders = folders.split(':').chain(["/usr/sbin"]);
        let found = folders.map(|folder| Path::new(folder).join(name)).find(|path| path.is_file());
        assert!(found.is_some() || env::var("CI").is_err(), "{name} must be installed in CI");
        if found.is_none() {
            eprintln!("left out: {name} is not installed");
        }
        found
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Site {
    /// What `rolo config nginx|apache` prints with these arguments, for a certificate for `localhost`.
    pub(crate) fn printed(kind: Kind, rolo_at: &str, args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let (http, https) = (free_port(), free_port());
        let verb = if kind == Kind::Nginx { "nginx" } else { "apache" };
        let printed = rolo()
            .args(["config", verb, "--address", "127.0.0.1", "--http", &http.to_string()])
            .args(["--https", &https.to_string(), "--data", "/nowhere"])
            .arg("--certificate")
            .arg(&certificate)
            .arg("--key")
            .arg(&key)
            .args(args)
            .env("ROLO_SERVER__PUBLIC_URL", "https://localhost")
            .env("ROLO_SERVER__LISTEN", rolo_at)
            .output()
            .unwrap();
        assert!(printed.status.success(), "{printed:?}");
        let text = String::from_utf8(printed.stdout).unwrap();
        Self { kind, folder, text, http, https, certificate: made.cert.der().clone() }
    }

    /// The command that runs it, and the one that only looks at its configuration.
    fn command(&self, program: &Path, only_look: bool) -> Command {
        let folder = self.folder.path();
        fs::write(folder.join("rolo.conf"), &self.text).unwrap();
        let file = folder.join("main.conf");
        fs::write(&file, self.around()).unwrap();
        let mut command = Command::new(program);
        match self.kind {
            Kind::Nginx => command.arg("-p").arg(folder).arg("-c").arg(&file),
            Kind::Apache => command.arg("-d").arg(folder).arg("-f").arg(&file),
        };
        match (only_look, self.kind) {
            (true, _) => command.arg("-t"),
            (false, Kind::Nginx) => command.args(["-g", "daemon off;"]),
            (false, Kind::Apache) => command.arg("-DFOREGROUND"),
        };
        command
    }

    /// What a system's own configuration has around a site, so that nothing of it is used.
    fn around(&self) -> String {
        let folder = self.folder.path().display();
        let (user, group) = (id("-un"), id("-gn"));
        match self.kind {
            Kind::Nginx => format!(
                "user {user} {group};\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log info;\n\
                 events {{ worker_connections 256; }}\n\
                 http {{\n  include /etc/nginx/mime.types;\n  access_log {folder}/access.log;\n\
                 client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;\n  fastcgi_temp_path {folder}/f;\n\
                 uwsgi_temp_path {folder}/u;\n  scgi_temp_path {folder}/s;\n  include {folder}/rolo.conf;\n}}\n"
            ),
            Kind::Apache => {
                // Everything the printed file asks for, and what every Apache has.
                let asked = self.text.lines().find_map(|line| line.trim().strip_prefix("#   a2enmod ")).unwrap();
                let common = ["mpm_event", "authn_core", "authz_core", "alias", "dir", "mime", "socache_shmcb"];
                let modules: String = common
                    .into_iter()
                    .chain(asked.split(' '))
                    .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
                    .collect();
                // Apache refuses to serve as root.
                let user = if user == "root" { "User www-data\nGroup www-data\n".to_owned() } else { String::new() };
                format!(
                    "ServerRoot {folder}\n{modules}TypesConfig /etc/mime.types\nPidFile {folder}/pid\n\
                     ErrorLog {folder}/error.log\nServerName localhost\nMutex file:{folder} default\n\
                     DefaultRuntimeDir {folder}\n{user}Include {folder}/rolo.conf\n"
                )
            }
        }
    }

    /// Whether the web server takes it (`nginx -t`, `apache2ctl configtest`), and what it says.
    pub(crate) fn looked_at(&self, program: &Path) -> (bool, String) {
        let said = self.command(program, true).output().unwrap();
        (said.status.success(), String::from_utf8_lossy(&said.stderr).into_owned())
    }

    /// Runs it and waits until it listens.
    pub(crate) fn start(self, program: &Path) -> Running {
        // A private folder of root's is nobody's else; Apache's children are somebody else.
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(self.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let child = self.command(program, false).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut running = Running { child, site: self };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", running.site.https)).is_err() {
            assert!(running.child.try_wait().unwrap().is_none(), "it ended: {}", running.log());
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not listen: {}", running.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        running
    }
}

impl Running {
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.site.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Killed, it would leave its workers behind.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn id(what: &str) -> String {
    let said = Command::new("id").arg(what).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}
