//! Nothing is left running: a second process that ends what `xtask` started, also when `xtask` itself is killed.
//!
//! Every child gets a process group of its own and is named to the guard through a pipe. When the pipe closes, for
//! whatever reason, the guard stops the groups that are still named and removes the folders. A parent-death signal
//! alone would reach the child, but not what the child started (test binaries, the servers they start, a browser).

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a group may take to stop by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// The handle on the guard process. Dropping it lets the guard clean up, and waits until it has.
pub(crate) struct Guard {
    pipe: Mutex<Option<ChildStdin>>,
    process: Child,
}

/// A child that the guard knows of.
pub(crate) struct Watched {
    /// The child itself: its id is also its process group.
    pub(crate) child: Child,
}

impl Guard {
    /// Starts the guard: this very program, in a group that a Ctrl-C does not reach.
    pub(crate) fn start() -> Result<Self, String> {
        let mut process = std::env::current_exe()
            .and_then(|myself| {
                let mut command = Command::new(myself);
                command.arg("guard").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
                command.process_group(0).spawn()
            })
            .map_err(|why| format!("The process that cleans up could not be started: {why}."))?;
        let pipe = Mutex::new(process.stdin.take());
        Ok(Self { pipe, process })
    }

    /// Starts `command`, to be stopped by `signal` when all else ends.
    pub(crate) fn spawn(&self, mut command: Command, signal: &str) -> io::Result<Watched> {
        let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
        self.tell(&format!("group {} {signal}", child.id()));
        Ok(Watched { child })
    }

    /// Runs `command` to its end; it speaks for itself.
    pub(crate) fn run(&self, command: Command) -> io::Result<ExitStatus> {
        let watched = self.spawn(command, "TERM")?;
        self.wait(watched)
    }

    /// Runs `command` to its end and gives what it said, both streams in the order they were written.
    pub(crate) fn capture(&self, mut command: Command) -> io::Result<(ExitStatus, String)> {
        let (mut reader, writer) = io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        let watched = self.spawn(command, "TERM")?;
        let mut said = Vec::new();
        reader.read_to_end(&mut said)?;
        Ok((self.wait(watched)?, String::from_utf8_lossy(&said).into_owned()))
    }

    /// Waits for a child, which needs no guarding afterwards.
    pub(crate) fn wait(&self, mut watched: Watched) -> io::Result<ExitStatus> {
        let status = watched.child.wait();
        self.forget(&watched);
        status
    }

    /// The child has ended and was waited for: its id may soon belong to another.
    pub(crate) fn forget(&self, watched: &Watched) {
        self.tell(&format!("ended {}", watched.child.id()));
    }

    /// Removes this file or folder at the end.
    pub(crate) fn remove_at_the_end(&self, path: &Path) {
        self.tell(&format!("path {}", path.display()));
    }

    fn tell(&self, line: &str) {
        if let Some(pipe) = self.pipe.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // A guard that somebody ended cannot be told anything: the work itself goes on.
            let _ = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take());
        let _ = self.process.wait();
    }
}

/// The guard process: listens until the pipe closes, then cleans up.
pub(crate) fn keep() -> crate::Answer {
    let mut list = List::default();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        list.hear(&line);
    }
    list.clean_up();
    Ok(true)
}

/// What is still running and lying about.
#[derive(Default)]
struct List {
    groups: BTreeMap<u32, String>,
    paths: Vec<String>,
}

impl List {
    fn hear(&mut self, line: &str) {
        match line.split_once(' ') {
            Some(("group", rest)) => {
                if let Some((id, signal)) = rest.split_once(' ')
                    && let Ok(id) = id.parse()
                {
                    self.groups.insert(id, signal.to_owned());
                }
            }
            Some(("ended", id)) => {
                let _ = id.parse().map(|id: u32| self.groups.remove(&id));
            }
            Some(("path", path)) => self.paths.push(path.to_owned()),
            _ => {}
        }
    }

    fn clean_up(&self) {
        for (id, name) in &self.groups {
            signal(&format!("-{id}"), name);
        }
        let begun = Instant::now();
        for id in self.groups.keys() {
            while signal(&format!("-{id}"), "0") && begun.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(20));
            }
            signal(&format!("-{id}"), "KILL");
        }
        for path in &self.paths {
            let _ = std::fs::remove_dir_all(path).or_else(|_| std::fs::remove_file(path));
        }
    }
}

/// Sends a signal to a process, or to a group (`-id`); says whether there was one to receive it. The shell's own
/// `kill`, because a small machine may have no other.
pub(crate) fn signal(target: &str, name: &str) -> bool {
    let told = Command::new("sh")
        .args(["-c", &format!("kill -s {name} -- {target}")])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
    told.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_ends_a_whole_group_and_removes_what_it_was_told() {
        let folder = std::env::temp_dir().join(format!("rolo-xtask-guard-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        // A shell with a child of its own: the child is what a parent-death signal would miss. Both hold the pipe open.
        let mut shell = Command::new("sh")
            .args(["-c", "sleep 600 & echo started; wait"])
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut pipe = io::BufReader::new(shell.stdout.take().unwrap());
        let mut line = String::new();
        pipe.read_line(&mut line).unwrap();
        let group = shell.id();

        // Reaps the shell while the guard waits for its group, as a real parent or init would.
        let reaper = std::thread::spawn(move || shell.wait());
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send(pipe.read_line(&mut String::new()).unwrap()));
        let running = told.recv_timeout(Duration::from_millis(50));
        assert!(running.is_err(), "the control: before the guard acts, the pipe is held open");

        let mut list = List::default();
        list.hear(&format!("group {group} TERM"));
        list.hear(&format!("path {}", folder.display()));
        list.hear("rubbish");
        list.clean_up();
        reaper.join().unwrap().unwrap();
        assert_eq!(told.recv_timeout(PATIENCE), Ok(0), "the child of the child outlived its group");
        assert!(!folder.exists());
    }

    #[test]
    fn a_group_that_has_ended_is_forgotten() {
        let mut list = List::default();
        list.hear("group 41 INT");
        list.hear("group 42 TERM");
        list.hear("ended 41");
        assert_eq!(list.groups.keys().copied().collect::<Vec<_>>(), [42]);
    }
}
