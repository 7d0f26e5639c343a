//! The guard as its own process: what happens when the `xtask` that started it is gone, however it went.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// A killed process closes its pipes, which is all that the guard ever hears of it.
#[test]
fn a_closed_pipe_ends_the_whole_group_and_removes_its_folder() {
    let folder = std::env::temp_dir().join(format!("rolo-xtask-orphans-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("data")).unwrap();
    let mut guard = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("guard").stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = guard.stdin.take().unwrap();

    // A server with a child of its own, neither of which ends by itself: they wait for a line that never comes. (A
    // shell's background child reads from nowhere unless told otherwise.)
    let mut server = Command::new("sh")
        .args(["-c", "exec 3<&0; sh -c 'echo $$; read line' <&3 & read line"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let held_open = server.stdin.take();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let mut child = String::new();
    output.read_line(&mut child).unwrap();
    writeln!(pipe, "group {} TERM\npath {}", server.id(), folder.display()).unwrap();
    assert!(server.try_wait().unwrap().is_none(), "the control: while the pipe is open, nothing is ended");
    let there = Command::new("sh").args(["-c", &format!("kill -s 0 {child}")]).status().unwrap();
    assert!(there.success() && folder.exists());

    drop(pipe);
    server.wait().unwrap();
    assert!(guard.wait().unwrap().success());
    assert_eq!(output.read_line(&mut String::new()).unwrap(), 0, "the child of the server still holds its output open");
    assert!(!folder.exists());
    drop(held_open);
}
