//! The configuration: defaults, then the file, then the environment, then the command line.
//!
//! Read once and checked whole. A name in the file that nobody knows is refused with the nearest known one; in the
//! environment only `ROLO_SECTION__KEY` of known settings is read, since other variables may be somebody else's.

mod access;
mod api;
mod backup;
mod log;
mod manner;
mod server;
mod services;
mod setting;
mod several;
mod site;
mod ssr;
mod telemetry;
mod tls;
mod worker;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

pub(crate) use self::{
    access::{AccessFormat, AccessLog},
    api::Api,
    backup::Backup,
    log::{Format, Log},
    manner::Manner,
    server::Server,
    services::Backing,
    setting::{Section, Setting},
    several::Several,
    site::{Site, To},
    ssr::Ssr,
    telemetry::Telemetry,
    tls::Tls,
    worker::Worker,
};

/// The sections of the file in the order of the example, each a table of its own.
macro_rules! sections {
    ($( $(#[doc = $doc:literal])+ $field:ident : $section:ident ),* $(,)?) => {
        /// Every setting, and where its value came from.
        #[derive(Clone, Debug, Default)]
        pub(crate) struct Config {
            $( $(#[doc = $doc])+ pub(crate) $field: $section, )*
            /// The sites, when they are not the one that Rolo is without any.
            pub(crate) sites: Vec<Site>,
            origins: BTreeMap<String, Origin>,
        }

        /// The names of all sections.
        const SECTIONS: &[&str] = &[$( <$section as Section>::KEY, )* Site::KEY];

        impl Config {
            fn take_file(&mut self, tables: &mut Table, file: &Path) -> Result<()> {
                $( from_file(&mut self.$field, &mut self.origins, tables, file)?; )*
                Ok(())
            }

            fn take_environment(&mut self, environment: &BTreeMap<String, String>) -> Result<()> {
                $( from_environment(&mut self.$field, &mut self.origins, environment)?; )*
                Ok(())
            }

            /// Each setting, its value, where it came from.
            pub(crate) fn lines(&self) -> Vec<Line> {
                let mut lines = Vec::new();
                $( self.lines_of(&self.$field, $section::KEY, &mut lines); )*
                for (site, at) in self.sites.iter().zip(1..) {
                    self.lines_of(site, &format!("{}[{at}]", Site::KEY), &mut lines);
                }
                lines
            }

            /// The commented file with every default: `rolo.example.toml`.
            pub(crate) fn example() -> String {
                let mut text = String::from(
                    "# Every setting of Rolo with its default. An empty file, or none, runs everything embedded.\n\
                     # The environment says the same as ROLO_SECTION__KEY, and wins over the file.\n",
                );
                $( example_of::<$section>(&mut text); )*
                text.push_str(&site::example());
                text
            }
        }
    };
}

sections! {
    /// Where Rolo listens.
    server: Server,
    /// What it proves itself with.
    tls: Tls,
    /// The API as a server of its own.
    api: Api,
    /// What draws pages on the server.
    ssr: Ssr,
    /// What happens later.
    worker: Worker,
    /// What it works with.
    services: Backing,
    /// How it is backed up.
    backup: Backup,
    /// What is written down of each request.
    access_log: AccessLog,
    /// What it says.
    log: Log,
    /// To whom it tells the way of requests.
    telemetry: Telemetry,
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
        config.take_file(&mut tables, file)?;
        config.sites_from_file(&mut tables, file)?;
        if let Some(unknown) = tables.keys().next() {
            let known = SECTIONS.iter().copied();
            bail!("{}: there is no section [{unknown}]{}", file.display(), nearest(unknown, known));
        }
        config.take_environment(&environment)?;
        Ok(config)
    }

    /// Sets `section.key` from a flag of the command line.
    pub(crate) fn flag(&mut self, name: &str) {
        self.origins.insert(name.to_owned(), Origin::Flag);
    }

    /// Whether the names of the sections it holds, and each of their settings, say the same as another's.
    pub(crate) fn changed(&self, other: &Self) -> Vec<String> {
        let told = |config: &Self| config.lines().into_iter().map(|line| (line.name, line.value)).collect();
        let (here, there): (BTreeMap<_, _>, BTreeMap<_, _>) = (told(self), told(other));
        let names: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
        names.into_iter().filter(|name| here.get(*name) != there.get(*name)).cloned().collect()
    }

    fn sites_from_file(&mut self, tables: &mut Table, file: &Path) -> Result<()> {
        let Some(value) = tables.remove(Site::KEY) else { return Ok(()) };
        let rows = match value {
            Value::Array(rows) => rows,
            _ => bail!("{}: there may be several sites: write [[{}]]", file.display(), Site::KEY),
        };
        for (row, at) in rows.into_iter().zip(1..) {
            let Value::Table(table) = row else { bail!("{}: write [[{}]]", file.display(), Site::KEY) };
            let (mut site, name) = (Site::default(), format!("{}[{at}]", Site::KEY));
            settings_from_file(&mut site, &mut self.origins, table, &name, file)?;
            self.sites.push(site);
        }
        Ok(())
    }

    fn lines_of<S: Section>(&self, section: &S, key: &str, lines: &mut Vec<Line>) {
        for setting in S::settings() {
            let name = format!("{key}.{}", setting.key);
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
                let header = table.split_once('[').map_or(format!("[{table}]"), |(site, _)| format!("[[{site}]]"));
                let _ = writeln!(text, "\n{header}");
            }
            let hidden = if line.value.as_str() == Some("***") { "# " } else { "" };
            let _ = writeln!(text, "{hidden}{key} = {}", line.value);
            table.clone_into(&mut section);
        }
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
    settings_from_file(section, origins, table, S::KEY, file)
}

/// `section` is what the table is called where it is spoken of: a site has a number.
fn settings_from_file<S: Section>(
    values: &mut S,
    origins: &mut BTreeMap<String, Origin>,
    table: Table,
    section: &str,
    file: &Path,
) -> Result<()> {
    let settings = S::settings();
    for (key, value) in table {
        let (setting, value) = match find(&settings, &key) {
            Some((setting, false)) => (setting, value),
            Some((setting, true)) => (setting, secret_in(value.as_str().unwrap_or_default())?),
            None => {
                let known = settings.iter().map(|setting| setting.key);
                bail!("{}: [{section}] has no setting {key}{}", file.display(), nearest(&key, known));
            }
        };
        let name = format!("{section}.{}", setting.key);
        values.set(setting.key, value).map_err(|why| anyhow::anyhow!("{}: {name}: {why}", file.display()))?;
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
mod tests;
