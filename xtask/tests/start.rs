//! `cargo xtask start` in a clone whose tools only write down what they were asked to do: what a first start does, what a
//! second one leaves out, and what a machine without Node is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A small clone with tools of its own; gone at the end.
struct Clone(PathBuf, #[expect(dead_code, reason = "held until the test ends")] MutexGuard<'static, ()>);

/// One test at a time: a child forked by another while a tool is being written would keep it from being run (ETXTBSY).
static ALONE: Mutex<()> = Mutex::new(());

impl Clone {
    fn new(name: &str) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let root = std::env::temp_dir().join(format!("rolo-xtask-start-{name}-{}", std::process::id()));
        for folder in ["xtask", "web/src", "bin", "target/debug"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["xtask/Cargo.toml", "web/package.json", "web/package-lock.json", "web/src/main.ts"] {
            fs::write(root.join(file), "").unwrap();
        }
        // xtask finds the target folder by where it lies itself.
        fs::copy(env!("CARGO_BIN_EXE_xtask"), root.join("target/debug/xtask")).unwrap();
        let clone = Self(root, alone);
        clone.tool("bin/node", "echo v22.1.0");
        clone.tool(
            "bin/npm",
            "case \"$1\" in --version) echo 10.0.0; exit;; ci) mkdir -p node_modules;; run) mkdir -p dist;; esac\necho npm \"$@\" >> ../said",
        );
        clone
            .tool("bin/rolo", "echo rolo \"$@\" in \"$(basename \"$PWD\")\" >> said\necho ready http://127.0.0.1:8080");
        clone.tool("bin/cargo", "echo cargo \"$@\" >> said\nmkdir -p target/release\ncp bin/rolo target/release/rolo");
        clone
    }

    fn tool(&self, path: &str, script: &str) {
        let path = self.0.join(path);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn start(&self, args: &[&str]) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.0.join("bin").display());
        Command::new(self.0.join("target/debug/xtask"))
            .arg("start")
            .args(args)
            .current_dir(self.0.join("web"))
            .env_clear()
            .env("PATH", path)
            .env("CARGO", self.0.join("bin/cargo"))
            .output()
            .unwrap()
    }

    /// What the tools were asked since the last time.
    fn said(&self) -> Vec<String> {
        let said = self.0.join("said");
        let text = fs::read_to_string(&said).unwrap_or_default();
        let _ = fs::remove_file(said);
        text.lines().map(str::to_owned).collect()
    }

    fn name(&self) -> &str {
        self.0.file_name().and_then(|name| name.to_str()).unwrap()
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[test]
fn a_fresh_clone_is_built_and_served_and_a_second_start_builds_no_pages() {
    let clone = Clone::new("twice");
    let first = clone.start(&[]);
    assert!(first.status.success(), "{first:?}");
    let serves = format!("rolo serve --data data in {}", clone.name());
    let built = "cargo build --workspace --release --bin rolo".to_owned();
    let [install, bundle, cargo, rolo] = &clone.said()[..] else { panic!("{first:?}") };
    assert!(install.starts_with("npm ci"), "{install}");
    assert_eq!((bundle.as_str(), cargo, rolo), ("npm run build", &built, &serves));
    let told = text(&first.stdout);
    assert!(told.ends_with("ready http://127.0.0.1:8080\n"), "what Rolo prints is what the person sees: {told}");

    let second = clone.start(&["--", "--listen", "127.0.0.1:0"]);
    assert!(second.status.success(), "{second:?}");
    let serves = format!("rolo serve --data data --listen 127.0.0.1:0 in {}", clone.name());
    assert_eq!(clone.said(), [built.clone(), serves]);

    fs::write(clone.0.join("web/src/main.ts"), "changed").unwrap();
    clone.start(&[]);
    assert_eq!(clone.said()[..2], ["npm run build".to_owned(), built]);
}

#[test]
fn a_machine_without_node_or_with_an_old_one_is_told_the_cure_before_anything_is_built() {
    let clone = Clone::new("node");
    clone.tool("bin/node", "echo v18.20.4");
    let old = clone.start(&[]);
    assert!(text(&old.stderr).contains("Node v18.20.4 is too old"), "{old:?}");
    clone.tool("bin/node", "exit 127");
    let none = clone.start(&[]);
    assert!(text(&none.stderr).contains("there is none here: install Node 20"), "{none:?}");
    for ended in [old, none] {
        assert_eq!((ended.status.code(), text(&ended.stderr).lines().count()), (Some(1), 1), "{ended:?}");
    }
    assert_eq!(clone.said(), [] as [&str; 0]);
}

#[test]
fn a_program_that_does_not_build_is_not_served() {
    let clone = Clone::new("broken");
    clone.tool("bin/cargo", "exit 101");
    let ended = clone.start(&[]);
    assert!(!ended.status.success() && text(&ended.stderr).contains("did not build"), "{ended:?}");
    assert!(!Path::new(&clone.0).join("target/release/rolo").exists());
}
