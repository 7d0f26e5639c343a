//! The configuration: defaults, then the file, then the environment, then the command line.
//!
//! Read once and checked whole. A name in the file that nobody knows is refused with the nearest known one; in the
//! environment only `ROLO_SECTION__KEY` of known settings is read, since other variables may be somebody else's.

mod backup;
mod log;
mod server;
mod services;
mod setting;

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

pub(crate) use self::{
    backup::Backup,
    log::{Format, Log},
    server::Server,
    services::Backing,
    setting::{Section, Setting},
};

/// Every setting, and where its value came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// Where Rolo listens.
    pub(crate) server: Server,
    /// What it works with.
    pub(crate) services: Backing,
    /// How it is backed up.
    pub(crate) backup: Backup,
    /// What it says.
    pub(crate) log: Log,
    origins: BTreeMap<String, Origin>,
}

/// Where a value came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody said otherwise.
    #[default]
    Default,
    /// The configuration file.
    File,
    /// An environment variable.
    Environment(String),
    /// A flag of the command.
    Flag,
}

/// A setting as `rolo config` prints it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// `section.key`.
    pub(crate) name: String,
    /// Its value; a secret as `***`.
    pub(crate) value: Value,
    /// Where it came from.
    pub(crate) origin: Origin,
}

/// Does the same for each section.
macro_rules! each_section {
    ($config:expr, $do:ident $(, $argument:expr)*) => {{
        $do(&mut $config.server, &mut $config.origins $(, $argument)*)?;
        $do(&mut $config.services, &mut $config.origins $(, $argument)*)?;
        $do(&mut $config.backup, &mut $config.origins $(, $argument)*)?;
        $do(&mut $config.log, &mut $config.origins $(, $argument)*)?;
    }};
}

impl Config {
    /// Reads the file, if there is one, and what `environment` says of Rolo's settings.
    pub(crate) fn read(file: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        };
        let mut tables: Table = text.parse().with_context(|| format!("{} is not valid TOML", file.display()))?;
        let environment: BTreeMap<_, _> = environment.filter(|(name, _)| name.starts_with("ROLO_")).collect();

        let mut config = Self::default();
        each_section!(config, from_file, &mut tables, file);
        if let Some(unknown) = tables.keys().next() {
            let known = [Server::KEY, Backing::KEY, Backup::KEY, Log::KEY];
            bail!("{}: there is no section [{unknown}]{}", file.display(), nearest(unknown, known));
        }
        each_section!(config, from_environment, &environment);
        Ok(config)
    }

    /// Sets `section.key` from a flag of the command line.
    pub(crate) fn flag(&mut self, name: &str) {
        self.origins.insert(name.to_owned(), Origin::Flag);
    }

    /// Each setting, its value, where it came from.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        self.lines_of(&self.server, &mut lines);
        self.lines_of(&self.services, &mut lines);
        self.lines_of(&self.backup, &mut lines);
        self.lines_of(&self.log, &mut lines);
        lines
    }

    fn lines_of<S: Section>(&self, section: &S, lines: &mut Vec<Line>) {
        for setting in S::settings() {
            let name = format!("{}.{}", S::KEY, setting.key);
            let origin = self.origins.get(&name).cloned().unwrap_or_default();
            let value = section.get(setting.key).unwrap_or_else(|| setting.default.clone());
            let hidden = setting.secret && origin != Origin::Default;
            lines.push(Line { name, value: if hidden { Value::String("***".to_owned()) } else { value }, origin });
        }
    }

    /// What somebody has set, as the file would say it, without what may be a secret: for an archive.
    pub(crate) fn without_secrets(&self) -> String {
        let mut text = String::from("# The settings of the Rolo this backup was taken of. Secrets are not in it.\n");
        let mut section = String::new();
        for line in self.lines().iter().filter(|line| line.origin != Origin::Default) {
            let Some((table, key)) = line.name.split_once('.') else { continue };
            if table != section {
                let _ = writeln!(text, "\n[{table}]");
            }
            let hidden = if line.value.as_str() == Some("***") { "# " } else { "" };
            let _ = writeln!(text, "{hidden}{key} = {}", line.value);
            table.clone_into(&mut section);
        }
        text
    }

    /// The commented file with every default: `rolo.example.toml`.
    pub(crate) fn example() -> String {
        let mut text = String::from(
            "# Every setting of Rolo with its default. An empty file, or none, runs everything embedded.\n\
             # The environment says the same as ROLO_SECTION__KEY, and wins over the file.\n",
        );
        example_of::<Server>(&mut text);
        example_of::<Backing>(&mut text);
        example_of::<Backup>(&mut text);
        example_of::<Log>(&mut text);
        text
    }
}

fn from_file<S: Section>(
    section: &mut S,
    origins: &mut BTreeMap<String, Origin>,
    tables: &mut Table,
    file: &Path,
) -> Result<()> {
    let Some(table) = tables.remove(S::KEY) else { return Ok(()) };
    let Value::Table(table) = table else { bail!("{}: {} is a section: write [{}]", file.display(), S::KEY, S::KEY) };
    let settings = S::settings();
    for (key, value) in table {
        let (setting, value) = match find(&settings, &key) {
            Some((setting, false)) => (setting, value),
            Some((setting, true)) => (setting, secret_in(value.as_str().unwrap_or_default())?),
            None => {
                let known = settings.iter().map(|setting| setting.key);
                bail!("{}: [{}] has no setting {key}{}", file.display(), S::KEY, nearest(&key, known));
            }
        };
        let name = format!("{}.{}", S::KEY, setting.key);
        section.set(setting.key, value).map_err(|why| anyhow::anyhow!("{}: {name}: {why}", file.display()))?;
        origins.insert(name, Origin::File);
    }
    Ok(())
}

fn from_environment<S: Section>(
    section: &mut S,
    origins: &mut BTreeMap<String, Origin>,
    environment: &BTreeMap<String, String>,
) -> Result<()> {
    for setting in S::settings() {
        let name = format!("ROLO_{}__{}", S::KEY, setting.key).to_uppercase();
        let from_file = format!("{name}_FILE");
        let (variable, text) = match (environment.get(&name), environment.get(&from_file)) {
            (Some(text), _) => (name, Value::String(text.clone())),
            (None, Some(path)) if setting.secret => (from_file, secret_in(path)?),
            _ => continue,
        };
        // A number or a switch is written as in the file; what is no TOML, or the wrong type, is meant as text.
        let typed = text.as_str().and_then(|text| format!("v={text}").parse::<Table>().ok()?.remove("v"));
        let taken = typed.is_some_and(|value| section.set(setting.key, value).is_ok());
        if !taken {
            section.set(setting.key, text).map_err(|why| anyhow::anyhow!("{variable}: {why}"))?;
        }
        origins.insert(format!("{}.{}", S::KEY, setting.key), Origin::Environment(variable));
    }
    Ok(())
}

/// The setting of this name, and whether it is the `_file` twin that was named.
fn find<'a>(settings: &'a [Setting], key: &str) -> Option<(&'a Setting, bool)> {
    let plain = settings.iter().find(|setting| setting.key == key).map(|setting| (setting, false));
    plain.or_else(|| {
        let key = key.strip_suffix("_file")?;
        settings.iter().find(|setting| setting.secret && setting.key == key).map(|setting| (setting, true))
    })
}

fn secret_in(path: &str) -> Result<Value> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the file {path:?}, which holds a secret, cannot be read"))?;
    Ok(Value::String(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// `; did you mean listen?`, when something known is near.
fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let best = known.into_iter().map(|known| (strsim::damerau_levenshtein(unknown, known), known)).min();
    match best {
        Some((distance, known)) if distance <= 3 => format!("; did you mean {known}?"),
        _ => String::new(),
    }
}

fn example_of<S: Section>(text: &mut String) {
    let _ = writeln!(text, "\n#{}\n[{}]", S::DOC.trim_end().replace('\n', "\n#"), S::KEY);
    for setting in S::settings() {
        let twin = if setting.secret { format!(" (or {}_file = \"PATH\")", setting.key) } else { String::new() };
        let _ = writeln!(
            text,
            "#{}{twin}\n{} = {}",
            setting.doc.trim_end().replace('\n', "\n#"),
            setting.key,
            setting.default
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rolo.toml");
        std::fs::write(&path, file).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(&path, environment.collect::<Vec<_>>().into_iter())
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
        let config = read(
            "[server]\nlisten = \"127.0.0.1:1\"\nbehind_proxy = true\n",
            &[("ROLO_SERVER__LISTEN", "127.0.0.1:2"), ("ROLO_PORT", "tcp://10.0.0.1"), ("ROLO_LOG__FORMAT", "json")],
        )
        .unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:2");
        assert!(config.server.behind_proxy);
        assert_eq!(config.log.format, Format::Json);
        let origin = |name: &str| config.lines().into_iter().find(|line| line.name == name).unwrap().origin;
        assert_eq!(origin("server.listen"), Origin::Environment("ROLO_SERVER__LISTEN".to_owned()));
        assert_eq!(origin("server.behind_proxy"), Origin::File);
        assert_eq!(origin("log.level"), Origin::Default);
    }

    #[test]
    fn a_mistyped_name_is_refused_with_the_nearest() {
        let refused = |file| read(file, &[]).unwrap_err().to_string();
        assert!(refused("[server]\nlisten_on = 1\n").ends_with("has no setting listen_on; did you mean listen?"));
        assert!(refused("[serve]\n").ends_with("no section [serve]; did you mean server?"));
        assert!(refused("[server]\nbehind_proxy = 1\n").contains("server.behind_proxy"));
    }

    #[test]
    fn a_secret_comes_from_a_file_and_prints_as_stars() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("url");
        std::fs::write(&path, "mysql://rolo:hunter2@db/rolo\n").unwrap();
        let path = path.to_str().unwrap();
        for config in [
            read(&format!("[services]\ndatabase_file = {path:?}\n"), &[]).unwrap(),
            read("", &[("ROLO_SERVICES__DATABASE_FILE", path)]).unwrap(),
        ] {
            assert_eq!(config.services.database, "mysql://rolo:hunter2@db/rolo");
            let line = config.lines().into_iter().find(|line| line.name == "services.database").unwrap();
            assert_eq!(line.value.as_str(), Some("***"));
        }
    }

    #[test]
    fn the_example_holds_every_setting_and_is_read_back_as_the_default() {
        let example = Config::example();
        let config = read(&example, &[]).unwrap();
        let default = Config::default();
        for (line, expected) in config.lines().iter().zip(default.lines()) {
            assert_eq!(line.name, expected.name);
            assert!(line.value == expected.value || line.value.as_str() == Some("***"), "{}", line.name);
        }
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rolo.example.toml");
        if std::env::var_os("ROLO_WRITE").is_some() {
            std::fs::write(&committed, &example).unwrap();
        }
        assert_eq!(std::fs::read_to_string(committed).unwrap(), example, "run this test with ROLO_WRITE=1");
    }
}
