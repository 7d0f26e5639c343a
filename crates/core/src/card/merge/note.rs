//! Notes: 3.0 is served one, joined; Apple keeps the last of several, DAVx5 joins them. An edit is put back where it was.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value, json};

use super::{Client, Side, Sides};

const BETWEEN: &str = "\n\n";

fn texts(side: &Side) -> Vec<String> {
    side.members("notes").into_iter().map(|(_, note)| note["note"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Puts what the client changed in the notes onto the stored ones.
pub(super) fn merge(sides: &Sides, wanted: &mut Map<String, Value>) {
    let (served, sent) = (texts(&sides.served), texts(&sides.sent));
    let stored = sides.stored.members("notes");
    let kept: Vec<String> = texts(&sides.stored);
    let joined = |list: &[String]| list.iter().map(|text| text.trim()).collect::<Vec<_>>().join(BETWEEN);
    let last = served.last().map(|text| text.trim());
    let lost_others = sides.client == Client::Apple && served.len() > 1 && sent.len() == 1;
    if served == sent
        || joined(&served) == joined(&sent)
        || lost_others && sent.first().map(|text| text.trim()) == last
        || sent.is_empty() && !sides.deletes
    {
        return;
    }
    let new = match sent.as_slice() {
        [] if sides.client == Client::Apple && served.len() > 1 => kept[..kept.len().saturating_sub(1)].to_vec(),
        [one] if lost_others => {
            let mut all = kept.clone();
            all.pop();
            all.push(one.clone());
            all
        }
        all if kept.len() > 1 && served.len() == 1 => unjoined(&kept, &served[0], all),
        [one] if kept.len() > 1 => split(&kept, one),
        all if !sides.deletes => {
            let mut both = kept.clone();
            let there: HashSet<&String> = kept.iter().collect();
            both.extend(all.iter().filter(|text| !there.contains(text)).cloned());
            both
        }
        all => all.to_vec(),
    };
    // The same text is the same note; a changed one takes the place of one that is gone.
    let mut left: HashMap<&str, usize> = HashMap::new();
    for text in &new {
        *left.entry(text).or_default() += 1;
    }
    let mut same: HashMap<String, VecDeque<(String, Value)>> = HashMap::new();
    let mut free = VecDeque::new();
    for (id, note) in stored {
        let text = note["note"].as_str().unwrap_or_default().to_owned();
        match left.get_mut(text.as_str()).filter(|left| **left > 0) {
            Some(left) => {
                *left -= 1;
                same.entry(text).or_default().push_back((id, note));
            }
            None => free.push_back((id, note)),
        }
    }
    let mut out = Map::new();
    for (nth, text) in new.iter().enumerate() {
        let known = same.get_mut(text).and_then(VecDeque::pop_front).or_else(|| free.pop_front());
        let (id, mut note) = known.unwrap_or_else(|| (format!("note-{nth}"), json!({})));
        note["note"] = text.as_str().into();
        out.insert(id, note);
    }
    if out.is_empty() {
        wanted.shift_remove("notes");
    } else {
        wanted.insert("notes".to_owned(), Value::Object(out));
    }
}

/// Several texts, one of which was all of them.
fn unjoined(kept: &[String], served: &str, sent: &[String]) -> Vec<String> {
    let whole = sent.iter().position(|text| text.trim() == served.trim());
    let parts = |(nth, text): (usize, &String)| match whole {
        Some(whole) if whole == nth => kept.to_vec(),
        None if nth == 0 => split(kept, text),
        _ => vec![text.clone()],
    };
    sent.iter().enumerate().flat_map(parts).collect()
}

/// One text that was several: what begins and ends as before stays, what is between replaces what was.
fn split(kept: &[String], text: &str) -> Vec<String> {
    let mut rest = text;
    let mut head = 0;
    while head + 1 < kept.len()
        && let Some(after) = rest.strip_prefix(kept[head].trim()).and_then(|after| after.strip_prefix(BETWEEN))
    {
        rest = after;
        head += 1;
    }
    let mut tail = kept.len();
    while tail > head + 1
        && let Some(before) = rest.strip_suffix(kept[tail - 1].trim()).and_then(|before| before.strip_suffix(BETWEEN))
    {
        rest = before;
        tail -= 1;
    }
    let mut out = kept[..head].to_vec();
    // One note of the old ones is left, or several whose borders nobody can tell any more.
    if !rest.trim().is_empty() {
        out.push(rest.to_owned());
    }
    out.extend_from_slice(&kept[tail..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_of_one_note_finds_it_among_the_joined() {
        let kept: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(split(&kept, "a\n\nB\n\nc"), ["a", "B", "c"]);
        assert_eq!(split(&kept, "A\n\nb\n\nc"), ["A", "b", "c"]);
        assert_eq!(split(&kept, "a\n\nb\n\nc d"), ["a", "b", "c d"]);
        assert_eq!(split(&kept, "new"), ["new"]);
        assert_eq!(split(&kept, "a\n\nX"), ["a", "X"]);
    }
}
