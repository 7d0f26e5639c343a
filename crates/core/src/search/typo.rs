//! One-edit typos: a letter too many, too few, wrong, or two changed places.
//!
//! Two words one edit apart share a form with at most one letter deleted. An index keeps those forms of its names and looks
//! up those of the word typed, so that it never compares with every name there is.

/// The word itself and each form with one letter deleted, without repeats.
pub fn deletions(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    for (at, c) in word.char_indices() {
        let mut form = String::with_capacity(word.len());
        form.push_str(&word[..at]);
        form.push_str(&word[at + c.len_utf8()..]);
        if forms.last() != Some(&form) {
            forms.push(form);
        }
    }
    forms
}

/// Whether one edit (a letter inserted, deleted, replaced, or two neighbours swapped) makes one word of the other.
pub fn one_edit_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one[..], &other[..]) } else { (&other[..], &one[..]) };
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[start..], &long[start..]);
    let end = short.iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&short[..short.len() - end], &long[..long.len() - end]) {
        ([], [_]) | ([_], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fingers_do() {
        for (typed, meant) in [
            ("jhon", "john"),
            ("gonzales", "gonzalez"),
            ("elizabteh", "elizabeth"),
            ("smit", "smith"),
            ("annna", "anna"),
        ] {
            assert!(one_edit_apart(typed, meant) && one_edit_apart(meant, typed), "{typed} {meant}");
        }
        for (typed, other) in [("john", "john"), ("jhno", "john"), ("abc", "cab"), ("smi", "smith"), ("", "ab")] {
            assert!(!one_edit_apart(typed, other), "{typed} {other}");
        }
    }

    proptest! {
        #[test]
        fn words_one_edit_apart_share_a_deletion(word in "[a-dé田]{1,8}", edit in 0..4, at in 0usize..8, letter in "[a-dé田]") {
            let mut letters: Vec<char> = word.chars().collect();
            let at = at % letters.len();
            let letter = letter.chars().next().unwrap();
            match edit {
                0 => letters.insert(at, letter),
                1 => drop(letters.remove(at)),
                2 => letters[at] = letter,
                _ => {
                    let next = (at + 1) % letters.len();
                    if next > at { letters.swap(at, next); }
                }
            }
            let other: String = letters.into_iter().collect();
            prop_assert!(other == word || one_edit_apart(&word, &other));
            let forms = deletions(&word);
            prop_assert!(deletions(&other).iter().any(|form| forms.contains(form)));
        }
    }
}
