//! What the command line understands.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{
    backup::whole,
    task::{Job, Task},
};
use crate::config::Config;

const EXIT_CODES: &str =
    "Exit codes: 0 done, 1 refused, 2 wrong use, 3 a service is down or busy, 4 not found, 5 a conflict";

/// The address book you own.
#[derive(Debug, Parser)]
#[command(name = "rolo", version, about, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The data folder
    #[arg(long, global = true, default_value = "data", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The configuration file, if it is not rolo.toml in the data folder
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Answer with one JSON object on the last line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run Rolo; makes the data folder if there is none
    Serve(Serve),
    /// Make the data folder without starting
    Init,
    /// Look at the whole machine (ports, names, certificates, clock, disk, services, backups) and say what to do
    Doctor,
    /// Ask for something and print the way of the request, connection by connection, with times
    Trace(Trace),
    /// Accounts
    #[command(subcommand)]
    User(User),
    /// Books
    #[command(subcommand)]
    Book(Book),
    /// API tokens
    #[command(subcommand)]
    Token(Token),
    /// Bring in contacts from a file: CSV of any kind, vCard, JSContact, or a .zip of them
    Import(Import),
    /// Write contacts to standard output
    Export(Export),
    /// Invent contacts: realistic people in many scripts, the same for the same seed
    Seed(Seed),
    /// Bring an older database up to this version
    Migrate(Migrate),
    /// Copy everything into another database and use that from then on; reading goes on meanwhile
    Move(Move),
    /// Take a backup: everything, encrypted, while Rolo serves
    Backup(Backup),
    /// Read a backup back and compare all of it with what it was taken of
    Verify(Verify),
    /// Write a backup back, into any database that is empty
    Restore(Restore),
    /// Print each setting, its value and where it came from; or what a web server in front needs
    Config(ConfigAsk),
    /// Make everything derived anew: search index, sort keys, summaries
    Rebuild,
}

/// `rolo serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Only this role; without it all of them in one process
    pub(crate) role: Option<Role>,
    /// Where it listens, such as 127.0.0.1:8080, https://[::]:443 or public; several times for several
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Vec<String>,
    /// A proxy with TLS stands in front of Rolo
    #[arg(long)]
    pub(crate) behind_proxy: bool,
}

/// `rolo config`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ConfigAsk {
    #[command(subcommand)]
    pub(crate) verb: Option<ConfigVerb>,
    /// Print a file with every setting and its default instead
    #[arg(long)]
    pub(crate) example: bool,
}

/// `rolo config …`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Print a configuration of NGINX in front of Rolo, whole and with its reasons
    Nginx(FrontAsk),
    /// Print a configuration of Apache in front of Rolo, whole and with its reasons
    Apache(FrontAsk),
    /// Write the web app's files into a folder, for a web server that serves them itself
    Files {
        /// The folder; made if it is new. Files of older versions stay, for browsers that have them open
        #[arg(value_name = "DIR")]
        to: PathBuf,
    },
}

/// `rolo config nginx` and `rolo config apache`: names and ports come from the configuration.
#[derive(Debug, Args)]
pub(crate) struct FrontAsk {
    /// It takes the place of Rolo's gateway: /v1 goes to `rolo serve api`, pages to `rolo serve ssr`
    #[arg(long)]
    pub(crate) split: bool,
    /// Listen on this address only
    #[arg(long, value_name = "IP")]
    pub(crate) address: Option<std::net::IpAddr>,
    /// The port for http, which sends on to https
    #[arg(long, value_name = "PORT")]
    pub(crate) http: Option<u16>,
    /// The port for https, if it is not the one of server.public_url
    #[arg(long, value_name = "PORT")]
    pub(crate) https: Option<u16>,
    /// The certificate and those above it, as PEM
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) certificate: Option<PathBuf>,
    /// Its key, as PEM
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) key: Option<PathBuf>,
    /// Where the API answers, as HOST:PORT or unix:PATH
    #[arg(long, value_name = "ADDR")]
    pub(crate) api: Option<String>,
    /// Where pages are drawn, as HOST:PORT or unix:PATH
    #[arg(long, value_name = "ADDR", requires = "split")]
    pub(crate) pages: Option<String>,
    /// A folder with the web app's files (`rolo config files` fills it), which it serves itself
    #[arg(long, value_name = "DIR")]
    pub(crate) files: Option<PathBuf>,
}

/// `rolo trace GET /v1/organisations/{id}`
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// GET or HEAD
    pub(crate) method: String,
    /// The path; `{id}` in /organisations/{id} is the organisation of whoever asks
    pub(crate) path: String,
    /// Through whose eyes, where there are several accounts; they get a token that ends when the answer is there
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Where Rolo answers, such as https://contacts.example; without it the server that runs on this data
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// A file that holds a token, for a Rolo elsewhere
    #[arg(long, value_name = "FILE", requires = "url", conflicts_with = "email")]
    pub(crate) token_file: Option<PathBuf>,
    /// Ask also where the certificate is not to be believed
    #[arg(long)]
    pub(crate) insecure: bool,
}

/// A part of the machine that can be a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// The front door: TLS, files, which path goes where
    Gateway,
    /// The API server, a private door; with an SQLite file also what the worker does
    Api,
    /// The server that draws pages, a private door
    Ssr,
    /// What happens later: jobs, the outbox, sweeps, backups
    Worker,
}

/// `rolo user …`
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Make an account
    Add {
        /// The address it signs in with
        #[arg(long)]
        email: String,
        /// The person's name
        #[arg(long)]
        name: String,
        /// A file that holds the password
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
        /// An organisation's id, or `new`; without it the only one there is, or a new one
        #[arg(long, value_name = "ID|new")]
        organisation: Option<String>,
        /// What it is in the organisation; without it owner of a new one, member of another
        #[arg(long)]
        role: Option<RoleName>,
    },
    /// List the accounts
    List,
    /// Set an account's password and end its sessions
    Password {
        /// Whose
        #[arg(long)]
        email: String,
        /// A file that holds the password
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// Remove an account; its books go to the organisation
    Remove {
        /// Whose
        #[arg(long)]
        email: String,
    },
}

/// The words for a role.
#[derive(Clone, Copy, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RoleName {
    /// Manages everything
    Owner,
    /// Manages accounts and books
    Admin,
    /// Edits the organisation's books
    Member,
}

/// `rolo book …`
#[derive(Debug, Subcommand)]
pub(crate) enum Book {
    /// List the books an account sees
    List {
        /// Whose
        #[arg(long)]
        email: String,
    },
    /// Say what an account may do in a book
    Access {
        /// The book's id, or its name where only one has it
        book: String,
        /// Whose
        #[arg(long)]
        email: String,
        /// What it may do; `none` takes an earlier word back
        #[arg(long)]
        role: RightName,
    },
}

/// The words for a right.
#[derive(Clone, Copy, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RightName {
    /// Read
    See,
    /// Change contacts and labels
    Edit,
    /// Rename, delete, give access
    Manage,
    /// What it would be without
    None,
}

/// `rolo token …`
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, this once
    Add {
        /// Whose
        #[arg(long)]
        email: String,
        /// What it is for
        #[arg(long, default_value = "command line")]
        name: String,
    },
}

/// `rolo import`
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file; `-` is standard input
    pub(crate) file: PathBuf,
    /// Whose
    #[arg(long)]
    pub(crate) email: String,
    /// The book's id or name; a new name makes a book
    #[arg(long)]
    pub(crate) book: Option<String>,
    /// Only say what would happen
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// What to do with rows that need a decision
    #[arg(long, default_value = "skip")]
    pub(crate) check: CheckName,
}

/// What happens to rows that need a decision.
#[derive(Clone, Copy, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CheckName {
    /// Leave them
    Skip,
    /// Make a new contact of each
    New,
    /// Update the contact they resemble
    Update,
}

/// `rolo export`
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Whose
    #[arg(long)]
    pub(crate) email: String,
    /// Which format
    #[arg(long)]
    pub(crate) format: FormatName,
    /// Only contacts with this label (its id or name)
    #[arg(long)]
    pub(crate) label: Option<String>,
}

/// The formats that can be written.
#[derive(Clone, Copy, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormatName {
    /// CSV as Google Contacts reads it
    GoogleCsv,
    /// CSV as Outlook reads it
    OutlookCsv,
    /// vCard 3.0
    Vcard3,
    /// vCard 4.0
    Vcard4,
    /// JSContact
    Jscontact,
}

/// `rolo migrate`
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take no backup first, because of this; without it one goes into the folder of backup.to, or nothing is done
    #[arg(long, value_name = "REASON")]
    pub(crate) no_backup: Option<String>,
}

/// `rolo move`: URLs are as `services.database` says them.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// The database to move; without it the one in use
    #[arg(long, value_name = "URL")]
    pub(crate) from: Option<String>,
    /// A file that holds that URL
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub(crate) from_file: Option<PathBuf>,
    /// The new database, with nothing in it
    #[arg(long, value_name = "URL", required_unless_present_any = ["to_file", "give_up"])]
    pub(crate) to: Option<String>,
    /// A file that holds that URL
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    pub(crate) to_file: Option<PathBuf>,
    /// Take no backup first, because of this; without it one goes into the folder of backup.to, or nothing is done
    #[arg(long, value_name = "REASON", conflicts_with = "give_up")]
    pub(crate) no_backup: Option<String>,
    /// Take a move back that was begun or made: the old database is used again
    #[arg(long, conflicts_with_all = ["to", "to_file"])]
    pub(crate) give_up: bool,
}

/// `rolo backup`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Backup {
    #[command(subcommand)]
    pub(crate) verb: Option<BackupVerb>,
    /// The folder, made if it is new; without it the one of backup.to
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    /// Make one file instead, which `rolo restore --from` takes
    #[arg(long, value_name = "FILE.rolo", conflicts_with = "to")]
    pub(crate) export: Option<PathBuf>,
    /// The file with the passphrase, made if it is new; without it the one of backup.passphrase_file
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// `rolo backup …`
#[derive(Debug, Subcommand)]
pub(crate) enum BackupVerb {
    /// List the backups there are
    List(Where),
    /// Forget those that the rule does not keep
    Prune(Prune),
}

/// Where a backup is and what opens it.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The folder or the file; without it the folder of backup.to
    #[arg(long, value_name = "DIR|FILE.rolo")]
    pub(crate) from: Option<PathBuf>,
    /// The file with the passphrase; without it the one of backup.passphrase_file
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// `rolo backup prune`
#[derive(Debug, Args)]
pub(crate) struct Prune {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Which stay, as in "last 3, daily 7, weekly 4"; without it the rule of backup.keep
    #[arg(long, value_name = "RULE")]
    pub(crate) keep: Option<String>,
}

/// `rolo verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Which, by the beginning of its id; without it the newest
    #[arg(long, value_name = "ID")]
    pub(crate) snapshot: Option<String>,
}

/// `rolo restore`
#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Which, by the beginning of its id; without it the newest
    #[arg(long, value_name = "ID")]
    pub(crate) snapshot: Option<String>,
    /// Set the SQLite database aside that is there
    #[arg(long)]
    pub(crate) replace: bool,
}

/// `rolo seed`
#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// How many
    pub(crate) count: u64,
    /// Whose
    #[arg(long)]
    pub(crate) email: String,
    /// The same people come from the same number
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

impl Cli {
    /// The configuration with this command's flags in it.
    pub(crate) fn config(&self) -> Result<Config> {
        let serve = if let Verb::Serve(serve) = &self.verb { Some(serve) } else { None };
        self.common.config(serve)
    }
}

impl Common {
    /// The configuration as it is now, with the flags of `rolo serve` in it.
    pub(crate) fn config(&self, serve: Option<&Serve>) -> Result<Config> {
        let file = self.config.clone().unwrap_or_else(|| self.data.join("rolo.toml"));
        let mut config = Config::read(
            &file,
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )?;
        let Some(serve) = serve else { return Ok(config) };
        if !serve.listen.is_empty() {
            let (listen, name) = match serve.role {
                None | Some(Role::Gateway) => (&mut config.server.listen, "server.listen"),
                Some(Role::Api) => (&mut config.api.listen, "api.listen"),
                Some(Role::Ssr) => (&mut config.ssr.listen, "ssr.listen"),
                Some(Role::Worker) => (&mut config.worker.listen, "worker.listen"),
            };
            *listen = serve.listen.iter().cloned().collect();
            config.flag(name);
        }
        if serve.behind_proxy {
            config.server.behind_proxy = true;
            config.flag("server.behind_proxy");
        }
        Ok(config)
    }
}

impl Verb {
    /// The task this command is, and the file that goes with it.
    pub(crate) fn job(self) -> Result<Job> {
        let task = match self {
            Self::Serve(_)
            | Self::Init
            | Self::Migrate(_)
            | Self::Move(_)
            | Self::Config(_)
            | Self::Doctor
            | Self::Trace(_)
            | Self::Verify(_)
            | Self::Restore(_) => {
                unreachable!("these are not tasks: `dispatch` runs them")
            }
            Self::Rebuild => Task::Rebuild,
            Self::Backup(Backup { to, export, passphrase_file, .. }) => {
                Task::Backup { to: whole(to)?, export: whole(export)?, passphrase_file: whole(passphrase_file)? }
            }
            Self::User(User::List) => Task::UserList,
            Self::User(User::Add { email, name, password_file, organisation, role }) => {
                Task::UserAdd { email, name, password: password(&password_file)?, organisation, role }
            }
            Self::User(User::Password { email, password_file }) => {
                Task::UserPassword { email, password: password(&password_file)? }
            }
            Self::User(User::Remove { email }) => Task::UserRemove { email },
            Self::Book(Book::List { email }) => Task::BookList { email },
            Self::Book(Book::Access { book, email, role }) => Task::BookAccess { book, email, right: role },
            Self::Token(Token::Add { email, name }) => Task::TokenAdd { email, name },
            Self::Seed(Seed { count, email, seed }) => Task::Seed { count, email, seed },
            Self::Export(Export { email, format, label }) => Task::Export { email, format, label },
            Self::Import(Import { file, email, book, dry_run, check }) => {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                return Ok(Job { task: Task::Import { name, email, book, dry_run, check }, file: Some(file) });
            }
        };
        Ok(Job { task, file: None })
    }
}

/// The password in a file, without the newline editors put behind it.
fn password(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the password file {} cannot be read", file.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
