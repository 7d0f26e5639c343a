//! `rolo config`: each setting, its value, where it came from; and what a web server in front of Rolo needs.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result, bail};

use super::cli::{Common, ConfigAsk, ConfigVerb, FrontAsk};
use crate::{
    config::{Config, Origin},
    front::{self, Front, Wish},
    web,
};

/// Prints the configuration, or one that goes with it.
pub(crate) fn run(common: &Common, config: &Config, ask: ConfigAsk) -> Result<ExitCode> {
    match ask.verb {
        None => print(common, config, ask.example),
        Some(ConfigVerb::Nginx(ask)) => beside(common, &front::nginx(&Front::of(config, wish(ask))?)),
        Some(ConfigVerb::Apache(ask)) => beside(common, &front::apache(&Front::of(config, wish(ask))?)),
        Some(ConfigVerb::Files { to }) => files(common, &to),
    }
}

fn wish(ask: FrontAsk) -> Wish {
    let FrontAsk { split, address, http, https, certificate, key, api, pages, files } = ask;
    Wish { split, address, http, https, certificate, key, api, pages, files }
}

fn beside(common: &Common, text: &str) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::json!({ "text": text }))?;
    } else {
        write!(out, "{text}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the web app's files. The page comes last: whoever gets it finds every chunk it names.
fn files(common: &Common, to: &Path) -> Result<ExitCode> {
    let mut files = web::all();
    if files.is_empty() {
        bail!("this program was built without the web app: there are no files");
    }
    files.sort_by_key(|(path, _)| path.starts_with("index.html"));
    for (path, bytes) in &files {
        let path = to.join(path.as_ref());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let mut out = io::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::json!({ "files": files.len() }))?;
    } else {
        writeln!(out, "{} files written to {}.", files.len(), to.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(common: &Common, config: &Config, example: bool) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    if example {
        write!(out, "{}", Config::example())?;
        return Ok(ExitCode::SUCCESS);
    }
    let lines = config.lines();
    if common.json {
        let settings = lines
            .iter()
            .map(|line| (line.name.clone(), serde_json::json!({ "value": line.value, "from": from(&line.origin) })));
        writeln!(out, "{}", serde_json::Value::Object(settings.collect()))?;
    } else {
        for line in lines {
            writeln!(out, "{} = {}  # {}", line.name, line.value, from(&line.origin))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn from(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::File => "configuration file".to_owned(),
        Origin::Environment(name) => format!("environment {name}"),
        Origin::Flag => "command line".to_owned(),
    }
}
