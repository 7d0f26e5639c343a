//! A race: the same crowd asks two sides in turn, and what came out becomes rows of the table.

use super::{
    Failure, NO_GOAL, Row, Size,
    crowd::{Answered, Crowd},
};

/// What is asked of a race.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    /// How many times more requests a second than the peer, and in words.
    pub(crate) rate: (f64, &'static str),
    /// Which share of the peer's p99, and in words.
    pub(crate) p99: Option<(f64, &'static str)>,
}

/// Each round of both, ours first.
struct Rounds(Vec<(Answered, Answered)>);

/// Lets both race, in turn so that what else the machine does meets both. A row for requests a second, one for their times,
/// and one for the processor time that an answer takes.
pub(crate) async fn run(
    size: &Size,
    what: &str,
    ours: &Crowd,
    theirs: &Crowd,
    goal: Goal,
) -> Result<Vec<Row>, Failure> {
    for side in [theirs, ours] {
        side.load(size.round / 4).await?;
    }
    let mut rounds = Rounds(Vec::with_capacity(size.rounds));
    for _ in 0..size.rounds {
        let theirs = theirs.load(size.round).await?;
        rounds.0.push((ours.load(size.round).await?, theirs));
    }
    let (mine, peer, ratio) = rounds.median(|one| one.per_second);
    let (mine_p50, peer_p50, _) = rounds.median(|one| one.p50.as_secs_f64());
    let (mine_p99, peer_p99, slower) = rounds.median(|one| one.p99.as_secs_f64());
    let (mine_work, peer_work, work) = rounds.median(|one| one.processor.as_secs_f64());
    let (rate, p99) = (goal.rate, goal.p99.unwrap_or((f64::INFINITY, NO_GOAL)));
    let pair = |p50: f64, p99: f64| format!("{:.1}, {:.1} ms", p50 * 1e3, p99 * 1e3);
    let row = |of: String, [rolo, peer]: [String; 2], ratio: f64, goal, met| Row {
        what: format!("{what}{of}"),
        rolo,
        peer,
        ratio: format!("{ratio:.2}"),
        goal,
        met,
    };
    let octets = format!(", /s; {} and {} octets", ours.octets(), theirs.octets());
    let times = [pair(mine_p50, mine_p99), pair(peer_p50, peer_p99)];
    let works = [mine_work, peer_work].map(|time| format!("{:.0} µs", time * 1e6));
    Ok(vec![
        row(octets, [mine, peer].map(|rate| format!("{rate:.0}")), ratio, rate.1, ratio >= rate.0),
        row(", p50 and p99".to_owned(), times, slower, p99.1, slower <= p99.0),
        row(", processor time of one".to_owned(), works, work, NO_GOAL, true),
    ])
}

impl Rounds {
    /// A figure of both sides and their ratio, each the median of its own.
    fn median(&self, figure: impl Fn(&Answered) -> f64) -> (f64, f64, f64) {
        let middle = |of: &dyn Fn(&(Answered, Answered)) -> f64| {
            let mut all: Vec<f64> = self.0.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let ratio = middle(&|(ours, theirs)| figure(ours) / figure(theirs).max(f64::MIN_POSITIVE));
        (middle(&|(ours, _)| figure(ours)), middle(&|(_, theirs)| figure(theirs)), ratio)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_middle_of_each_is_told() {
        let answered = |per_second| Answered {
            per_second,
            p50: Duration::from_millis(1),
            p99: Duration::from_millis(2),
            processor: Duration::ZERO,
        };
        let rounds = [(10.0, 5.0), (90.0, 10.0), (20.0, 5.0)];
        let rounds = Rounds(rounds.map(|(ours, theirs)| (answered(ours), answered(theirs))).to_vec());
        assert_eq!(rounds.median(|one| one.per_second), (20.0, 5.0, 4.0));
    }
}
