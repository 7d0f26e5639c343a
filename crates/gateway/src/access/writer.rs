//! The thread that writes the lines: it may wait for a disk, nobody else does.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::{LogFormat, LogTo, line::Line};

/// So many octets are gathered before they are written, when more lines wait already.
const GATHERED_OCTETS: usize = 64 * 1024;

/// What the thread is to do.
pub(super) enum Order {
    Write(Box<Line>),
    /// Look whether the file is to be opened anew.
    Wake,
    /// Say when everything before this is written.
    Tell(oneshot::Sender<()>),
}

/// Where lines go, open.
pub(super) struct Target {
    to: LogTo,
    file: Option<File>,
}

impl Target {
    pub(super) fn open(to: LogTo) -> io::Result<Self> {
        let file = match &to {
            LogTo::Stdout => None,
            // Addresses of people are nobody's business but the group's that reads logs.
            LogTo::File(path) => Some(OpenOptions::new().create(true).append(true).mode(0o640).open(path)?),
        };
        Ok(Self { to, file })
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(octets),
            None => {
                let mut out = io::stdout().lock();
                out.write_all(octets).and_then(|()| out.flush())
            }
        }
    }
}

pub(super) struct Task {
    pub(super) target: Target,
    pub(super) format: LogFormat,
    pub(super) waiting: mpsc::Receiver<Order>,
    pub(super) dropped: Arc<AtomicU64>,
    pub(super) reopen: Arc<AtomicBool>,
}

pub(super) fn start(task: Task) -> io::Result<()> {
    thread::Builder::new().name("access-log".to_owned()).spawn(move || task.run()).map(drop)
}

impl Task {
    fn run(mut self) {
        let (mut gathered, mut lines, mut ill) = (Vec::with_capacity(GATHERED_OCTETS), 0, false);
        while let Some(order) = self.waiting.blocking_recv() {
            let mut next = Some(order);
            let mut to_tell = Vec::new();
            while let Some(order) = next {
                match order {
                    Order::Write(line) => {
                        lines += 1;
                        // Memory does not refuse what is written to it.
                        let _ = line.write(self.format, &mut gathered);
                    }
                    Order::Wake => {}
                    Order::Tell(tell) => to_tell.push(tell),
                }
                next = if gathered.len() < GATHERED_OCTETS { self.waiting.try_recv().ok() } else { None };
            }
            if self.reopen.swap(false, Ordering::AcqRel) {
                self.reopened();
            }
            self.put(&gathered, lines, &mut ill);
            gathered.clear();
            lines = 0;
            for tell in to_tell {
                let _ = tell.send(());
            }
        }
    }

    /// Writes what was gathered; what cannot be written is dropped and counted, and said once.
    fn put(&mut self, gathered: &[u8], lines: u64, ill: &mut bool) {
        match self.target.write(gathered) {
            Ok(()) => *ill = false,
            Err(error) => {
                self.dropped.fetch_add(lines, Ordering::Relaxed);
                if !std::mem::replace(ill, true) {
                    warn!(error = %error, "the access log cannot be written: its lines are dropped until it can");
                }
            }
        }
    }

    /// The old file stays in use when a new one cannot be opened.
    fn reopened(&mut self) {
        match Target::open(self.target.to.clone()) {
            Ok(target) => self.target = target,
            Err(error) => warn!(error = %error, "the access log could not be opened anew"),
        }
    }
}
