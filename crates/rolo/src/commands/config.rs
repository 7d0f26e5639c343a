//! `rolo config`: each setting, its value, where it came from.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;

use super::cli::Common;
use crate::config::{Config, Origin};

/// Prints the configuration.
pub(crate) fn run(common: &Common, config: &Config, example: bool) -> Result<ExitCode> {
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
