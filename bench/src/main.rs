//! The benchmarks: each row of the numbers Rolo promises, against a peer in the same run where there is one.
//!
//! `cargo run --release -p rolo-bench -- NAME [ARGUMENTS]`

mod crash;
mod fuzz;
mod rolo;
mod search;
mod speed;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["crash", rest @ ..] => crash::run(rest),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["search", rest @ ..] => search::run(rest),
        ["speed", rest @ ..] => speed::run(rest),
        ["serve-octets", file] => speed::peer::serve(file),
        ["serve-gateway", folder, behind] => speed::gateway::serve(folder, behind),
        ["million", rows @ ..] => speed::million::run(rows),
        _ => Err(
            "which? crash [--kills N] | fuzz [--inputs N] [TARGET…] | search [PEOPLE] | speed [ROW…] | million [ROW…]"
                .into(),
        ),
    }
}

/// One line on stdout.
#[expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
fn say(line: &str) {
    println!("{line}");
}
