//! The processor time of processes: what a side worked, whatever else the machine did meanwhile.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::Failure;

/// The kernel counts in hundredths of a second here, on every machine that Rolo runs on.
const TICK: Duration = Duration::from_millis(10);

/// How long somebody is looked at, and what they may work meanwhile, to be resting.
const LOOK: Duration = Duration::from_secs(1);
const RESTING: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(300);

/// Processes and all that they have started.
#[derive(Clone, Debug)]
pub(crate) struct Family(pub(crate) Vec<u32>);

struct Process {
    parent: u32,
    ticks: u32,
}

impl Family {
    /// What all of them have worked so far, for themselves and in the kernel.
    pub(crate) fn worked(&self) -> Result<Duration, Failure> {
        let all = processes()?;
        if let Some(gone) = self.0.iter().find(|id| !all.contains_key(id)) {
            return Err(format!("process {gone} has ended").into());
        }
        let ours = all.iter().filter(|(id, _)| self.holds(**id, &all));
        Ok(ours.map(|(_, process)| TICK * process.ticks).sum())
    }

    /// Waits until all of them rest: what a filled book still has them do, indexing above all, is not what is measured.
    pub(crate) async fn rest(&self) -> Result<(), Failure> {
        let begun = Instant::now();
        loop {
            let before = self.worked()?;
            tokio::time::sleep(LOOK).await;
            if self.worked()? - before <= RESTING {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("processes {:?} do not come to rest", self.0).into());
            }
        }
    }

    fn holds(&self, id: u32, all: &HashMap<u32, Process>) -> bool {
        let mut at = Some(id);
        while let Some(id) = at {
            if self.0.contains(&id) {
                return true;
            }
            at = all.get(&id).map(|process| process.parent).filter(|&parent| parent > 1);
        }
        false
    }
}

fn processes() -> Result<HashMap<u32, Process>, Failure> {
    let folder = std::fs::read_dir("/proc").map_err(|_| "processor time is read from /proc, which is not here")?;
    let ids = folder.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // One that ends in between has no file any more.
    Ok(ids.filter_map(|id| Some((id, process(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?))).collect())
}

/// `id (name) state parent … utime stime …`, where the name may hold anything.
fn process(stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some(Process { parent: number(1)?, ticks: number(11)? + number(12)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_and_ticks_are_found_behind_any_name() {
        let stat = "42 (a ) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 30 12 0 0 20 0 1 0 1 2 3";
        let process = process(stat).unwrap();
        assert_eq!((process.parent, process.ticks), (7, 42));
    }

    #[test]
    fn a_family_is_a_process_and_what_it_started() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let all = processes().unwrap();
        let (ours, others) = (Family(vec![std::process::id()]), Family(vec![child.id()]));
        assert!(ours.holds(child.id(), &all) && others.holds(child.id(), &all));
        assert!(!others.holds(std::process::id(), &all));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(others.worked().unwrap_err().to_string().contains("has ended"));
        assert!(ours.worked().is_ok());
    }
}
