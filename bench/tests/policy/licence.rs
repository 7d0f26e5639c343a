//! Licence expressions: `(MIT OR Apache-2.0) AND Unicode-3.0`, and the older `MIT/Apache-2.0`.

/// Whether some choice that the expression leaves open consists of allowed licences only. `None`: it is no expression.
pub(crate) fn is_allowed(expression: &str, allowed: &[&str]) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let verdict = either(&mut rest, allowed)?;
    rest.is_empty().then_some(verdict)
}

fn either(rest: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    let mut verdict = both(rest, allowed)?;
    while take(rest, "OR") {
        verdict |= both(rest, allowed)?;
    }
    Some(verdict)
}

fn both(rest: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    let mut verdict = one(rest, allowed)?;
    while take(rest, "AND") {
        verdict &= one(rest, allowed)?;
    }
    Some(verdict)
}

fn one(rest: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    if take(rest, "(") {
        let verdict = either(rest, allowed)?;
        return take(rest, ")").then_some(verdict);
    }
    let (name, after) = rest.split_first()?;
    if matches!(*name, "OR" | "AND" | "WITH" | ")") {
        return None;
    }
    *rest = after;
    if take(rest, "WITH") {
        // An exception only ever gives more rights than the licence alone.
        *rest = rest.split_first()?.1;
    }
    Some(allowed.contains(name))
}

fn take(rest: &mut &[&str], word: &str) -> bool {
    match rest.split_first() {
        Some((first, after)) if *first == word => {
            *rest = after;
            true
        }
        _ => false,
    }
}

#[test]
fn licence_expressions_are_weighed_as_written() {
    let allowed = &["MIT", "Apache-2.0", "Unicode-3.0"];
    let cases = [
        ("MIT", Some(true)),
        ("GPL-3.0-only", Some(false)),
        ("MIT OR GPL-3.0-only", Some(true)),
        ("MIT AND GPL-3.0-only", Some(false)),
        ("GPL-3.0-only/MIT", Some(true)),
        ("(MIT OR GPL-2.0) AND Unicode-3.0", Some(true)),
        ("MIT OR (GPL-2.0 AND Unicode-3.0)", Some(true)),
        ("(MIT OR Apache-2.0) AND OpenSSL", Some(false)),
        ("GPL-2.0 AND MIT OR Apache-2.0", Some(true)),
        ("Apache-2.0 WITH LLVM-exception", Some(true)),
        ("GPL-2.0 WITH Classpath-exception-2.0", Some(false)),
        ("MIT OR", None),
        ("(MIT", None),
        ("MIT Apache-2.0", None),
        ("", None),
    ];
    for (expression, wanted) in cases {
        assert_eq!(is_allowed(expression, allowed), wanted, "{expression}");
    }
}
