//! The crash test: writers write, the server is killed at a random moment, started again, and compared with what it had
//! acknowledged.
//!
//! `crash [--kills N] [--after-ms-max N] [--seed N] [--control lost|half|double]`

mod check;
mod ledger;
mod writer;

use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;
use ledger::Wrong;
use reqwest::Method;
use serde_json::json;
use writer::{Control, LABELS, Stopped, Writer};

use crate::{
    Outcome,
    rolo::{Door, Rolo},
    say,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const WRITERS: usize = 8;
const AFTER_MS_MIN: u64 = 50;

struct Asked {
    kills: u32,
    after_ms_max: u64,
    seed: u64,
    control: Option<Control>,
}

pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let asked = asked(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(crash(&asked)).map_err(|why| why.to_string().into())
}

fn asked(arguments: &[&str]) -> Result<Asked, Box<dyn std::error::Error>> {
    let mut asked = Asked { kills: 20, after_ms_max: 3_000, seed: 1, control: None };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match *argument {
            "--kills" => asked.kills = value.parse()?,
            "--after-ms-max" => asked.after_ms_max = value.parse()?,
            "--seed" => asked.seed = value.parse()?,
            "--control" => {
                asked.control = Some(match *value {
                    "lost" => Control::Lost,
                    "half" => Control::Half,
                    "double" => Control::Double,
                    other => return Err(format!("there is no control {other}").into()),
                });
            }
            other => return Err(format!("crash knows no {other}").into()),
        }
    }
    Ok(asked)
}

async fn crash(asked: &Asked) -> Result<(), Failure> {
    let data = tempfile::tempdir()?;
    let mut dice = Rng::with_seed(asked.seed);
    let mut rolo = Rolo::start(data.path())?;
    let token = rolo.set_up().await?;
    let labels = make_labels(&rolo.door(&token)).await?;
    let mut writers: Vec<Writer> = (0..WRITERS).map(|name| Writer::new(name, asked.seed, labels.clone())).collect();
    let (mut wrongs, mut ready, mut wrote) = (Vec::new(), Vec::new(), Duration::ZERO);
    let mut killed = 0;
    while killed < asked.kills && wrongs.is_empty() {
        let after = Duration::from_millis(dice.u64(AFTER_MS_MIN..asked.after_ms_max.max(AFTER_MS_MIN + 1)));
        writers = round(&mut rolo, &token, writers, after).await?;
        killed += 1;
        wrote += after;
        rolo = Rolo::start(data.path())?;
        ready.push(rolo.ready_after);
        wrongs = after_restart(&rolo.door(&token), &mut writers, asked.control.filter(|_| killed == 1)).await?;
    }
    ready.sort_unstable();
    let p95 = ready.get(ready.len() * 95 / 100).copied().unwrap_or_default();
    for wrong in wrongs.iter().take(20) {
        say(&format!("{wrong:?}"));
    }
    let acknowledged: u64 = writers.iter().map(|writer| writer.ledger.acknowledged).sum();
    let count = |is: fn(&Wrong) -> bool| wrongs.iter().filter(|wrong| is(wrong)).count();
    say(&format!(
        "{killed} kills, {acknowledged} acknowledged writes ({:.0}/s): {} lost, {} half, {} double, {} torn; ready again p95 {} ms",
        acknowledged as f64 / wrote.as_secs_f64(),
        count(|wrong| matches!(wrong, Wrong::Lost(_))),
        count(|wrong| matches!(wrong, Wrong::Half(_))),
        count(|wrong| matches!(wrong, Wrong::Double(_))),
        count(|wrong| matches!(wrong, Wrong::Torn(_))),
        p95.as_millis()
    ));
    if wrongs.is_empty() { Ok(()) } else { Err("what was acknowledged is not what is there".into()) }
}

async fn make_labels(door: &Door) -> Result<BTreeMap<String, String>, Failure> {
    let mut labels = BTreeMap::new();
    for name in LABELS {
        let (status, body) = door.send(Method::POST, "/v1/labels", &[], Some(&json!({ "name": name }))).await?;
        let id = body["id"].as_str().ok_or_else(|| format!("no label: {status} {body}"))?;
        labels.insert(name.to_owned(), id.to_owned());
    }
    Ok(labels)
}

/// All write until the server is killed.
async fn round(rolo: &mut Rolo, token: &str, writers: Vec<Writer>, after: Duration) -> Result<Vec<Writer>, Failure> {
    let running: Vec<_> = writers
        .into_iter()
        .map(|mut writer| {
            let door = rolo.door(token);
            tokio::spawn(async move {
                let stopped = writer.write(&door).await;
                (writer, stopped)
            })
        })
        .collect();
    tokio::time::sleep(after).await;
    rolo.kill();
    let mut back = Vec::new();
    for task in running {
        let (writer, stopped) = task.await?;
        if let Stopped::Refused(why) = stopped {
            return Err(why.into());
        }
        back.push(writer);
    }
    Ok(back)
}

/// Compares; sends again what has no answer; compares once more.
async fn after_restart(door: &Door, writers: &mut [Writer], control: Option<Control>) -> Result<Vec<Wrong>, Failure> {
    if let (Some(control), Some(writer)) = (control, writers.first_mut()) {
        writer.again(door).await.map_err(why)?;
        writer.wrong(door, control).await.map_err(why)?;
    }
    let (book, mut wrongs) = check::book(door).await?;
    wrongs.extend(writers.iter().flat_map(|writer| writer.ledger.wrongs(&book)));
    if !wrongs.is_empty() {
        return Ok(wrongs);
    }
    for writer in writers.iter_mut() {
        writer.again(door).await.map_err(why)?;
    }
    let (book, mut wrongs) = check::book(door).await?;
    for writer in writers.iter_mut() {
        wrongs.extend(writer.ledger.wrongs(&book));
        wrongs.extend(check::histories(door, writer, &book).await?);
    }
    Ok(wrongs)
}

fn why(stopped: Stopped) -> Failure {
    match stopped {
        Stopped::Gone => "the server was gone though nobody killed it".into(),
        Stopped::Refused(why) => why.into(),
    }
}
