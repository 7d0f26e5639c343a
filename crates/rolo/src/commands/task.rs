//! A task: something done to the data, here or in the server that holds it.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    pin::Pin,
    process::ExitCode,
};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::{Stream, StreamExt, stream};
use rolo_core::id::TokenId;
use serde::{Deserialize, Serialize};
use tokio::{io::AsyncReadExt, sync::mpsc};

use super::{
    account, backup,
    cli::{CheckName, Common, FormatName, RightName, RoleName},
    doctor, export, import, rebuild, seed, token, trace,
};
use crate::{
    admin::{self, Done, Failed, Said},
    config::Config,
    wire::{Machine, Opening},
};

/// A task and the file that goes with it.
pub(crate) struct Job {
    pub(crate) task: Task,
    pub(crate) file: Option<PathBuf>,
}

/// What can be asked of the data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// What the process that holds the data sees of itself.
    Doctor,
    /// A token for one look of `rolo trace`, and the end of it.
    Pass {
        email: Option<String>,
    },
    PassBack {
        email: String,
        id: TokenId,
    },
    Rebuild,
    Backup {
        to: Option<PathBuf>,
        export: Option<PathBuf>,
        passphrase_file: Option<PathBuf>,
    },
    UserList,
    UserAdd {
        email: String,
        name: String,
        password: String,
        organisation: Option<String>,
        role: Option<RoleName>,
    },
    UserPassword {
        email: String,
        password: String,
    },
    UserRemove {
        email: String,
    },
    BookList {
        email: String,
    },
    BookAccess {
        book: String,
        email: String,
        right: RightName,
    },
    TokenAdd {
        email: String,
        name: String,
    },
    Import {
        name: String,
        email: String,
        book: Option<String>,
        dry_run: bool,
        check: CheckName,
    },
    Export {
        email: String,
        format: FormatName,
        label: Option<String>,
    },
    Seed {
        count: u64,
        email: String,
        seed: u64,
    },
}

/// The bytes of a task's file.
pub(crate) type Input = Pin<Box<dyn Stream<Item = rolo_core::Result<Vec<u8>>> + Send>>;

/// How a task speaks while it runs.
#[derive(Clone)]
pub(crate) struct Voice {
    said: mpsc::Sender<Said>,
}

impl Voice {
    /// A voice whose words come out at the other end.
    pub(crate) fn new(said: mpsc::Sender<Said>) -> Self {
        Self { said }
    }

    /// Says one thing; nobody listening is no error.
    pub(crate) async fn say(&self, said: Said) {
        let _ = self.said.send(said).await;
    }

    /// Says how far it is.
    pub(crate) async fn note(&self, text: impl Into<String>) {
        self.say(Said::Note(text.into())).await;
    }

    /// Says how far it is, if somebody listens right now.
    pub(crate) fn murmur(&self, text: String) {
        let _ = self.said.try_send(Said::Note(text));
    }

    /// Writes a part of a file. False: nobody takes it any more.
    pub(crate) async fn bytes(&self, bytes: &[u8]) -> bool {
        self.said.send(Said::Bytes(STANDARD.encode(bytes))).await.is_ok()
    }
}

/// Does a task and says how it ended.
pub(crate) async fn perform(machine: &Machine, task: Task, input: Input, voice: &Voice) {
    // In a box: all tasks in one future would be too deep a type.
    let end = Box::pin(done(machine, task, input, voice)).await;
    voice.say(end.map_or_else(|error| Said::Failed(Failed::from(error)), Said::Done)).await;
}

async fn done(machine: &Machine, task: Task, input: Input, voice: &Voice) -> rolo_core::Result<Done> {
    match task {
        Task::Doctor => Ok(doctor::look(machine).await),
        Task::Pass { email } => trace::pass(machine, email).await,
        Task::PassBack { email, id } => trace::back(machine, &email, id).await,
        Task::Rebuild => rebuild::rebuild(machine, voice).await,
        Task::Backup { to, export, passphrase_file } => {
            backup::take(machine, backup::Request { to, export, passphrase_file }, voice).await
        }
        Task::UserList => account::list(machine).await,
        Task::UserAdd { email, name, password, organisation, role } => {
            account::add(machine, account::New { email, name, password, organisation, role }).await
        }
        Task::UserPassword { email, password } => account::password(machine, &email, &password).await,
        Task::UserRemove { email } => account::remove(machine, &email).await,
        Task::BookList { email } => account::books(machine, &email).await,
        Task::BookAccess { book, email, right } => account::access(machine, &book, &email, right).await,
        Task::TokenAdd { email, name } => token::add(machine, &email, &name).await,
        Task::Import { name, email, book, dry_run, check } => {
            import::run(machine, import::Request { name, email, book, dry_run, check }, input, voice).await
        }
        Task::Export { email, format, label } => export::run(machine, &email, format, label.as_deref(), voice).await,
        Task::Seed { count, email, seed } => seed::run(machine, count, &email, seed, voice).await,
    }
}

/// Does a job in the running server if there is one, else here, and prints what it says.
pub(crate) async fn run(common: &Common, config: Config, job: Job) -> Result<ExitCode> {
    let input = match &job.file {
        Some(path) => read(path).await?,
        None => stream::empty().boxed(),
    };
    let mut printer = Printer::new(common.json);
    if let Some(socket) = admin::connect(&common.data.join("admin.sock")).await {
        admin::ask(socket, &job.task, input, |said| printer.print(said)).await?;
        return Ok(printer.code);
    }
    let machine = Machine::open(&common.data, &config, Opening::Existing).await?;
    let task = job.task;
    let (sender, mut said) = mpsc::channel(64);
    let working = tokio::spawn(async move { perform(&machine, task, input, &Voice::new(sender)).await });
    while let Some(one) = said.recv().await {
        printer.print(one)?;
    }
    working.await?;
    Ok(printer.code)
}

/// A file in pieces; `-` is standard input.
async fn read(path: &Path) -> Result<Input> {
    let source: Pin<Box<dyn tokio::io::AsyncRead + Send>> = if path == Path::new("-") {
        Box::pin(tokio::io::stdin())
    } else {
        Box::pin(tokio::fs::File::open(path).await.with_context(|| format!("{} cannot be opened", path.display()))?)
    };
    let pieces = stream::unfold(source, |mut source| async {
        let mut piece = vec![0; 64 * 1024];
        match source.read(&mut piece).await {
            Ok(0) => None,
            Ok(length) => {
                piece.truncate(length);
                Some((Ok(piece), source))
            }
            Err(error) => Some((Err(rolo_core::Error::internal(format!("the file cannot be read: {error}"))), source)),
        }
    });
    Ok(pieces.boxed())
}

/// Where a task's words go: progress to standard error, files and answers to standard output.
pub(super) struct Printer {
    json: bool,
    pub(super) code: ExitCode,
}

impl Printer {
    pub(super) fn new(json: bool) -> Self {
        Self { json, code: ExitCode::FAILURE }
    }

    pub(super) fn print(&mut self, said: Said) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match said {
            Said::Note(text) => writeln!(io::stderr(), "{text}"),
            Said::Bytes(text) => out.write_all(&STANDARD.decode(text).map_err(io::Error::other)?),
            Said::Done(done) => {
                self.code = ExitCode::SUCCESS;
                match (self.json, done.text.is_empty()) {
                    (true, _) => writeln!(out, "{}", done.json),
                    (false, false) => writeln!(out, "{}", done.text),
                    (false, true) => Ok(()),
                }
            }
            Said::Failed(failed) => {
                self.code = ExitCode::from(failed.code);
                if self.json {
                    writeln!(out, "{}", failed.json())?;
                }
                writeln!(io::stderr(), "rolo: {}", failed.why)
            }
        }
    }
}
