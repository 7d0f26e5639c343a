//! One context draws for many: nothing of one visitor may be in another's page.

use std::time::Duration;

use super::*;

/// Draws for two visitors in turn, and answers how often one's page named the other.
async fn met(bundle: &str, limits: Limits) -> usize {
    let scene = scene_with(bundle, limits, Duration::ZERO, named);
    let mut found = 0;
    for turn in 0..6 {
        let (me, other) = if turn % 2 == 0 { ("adaeze", "borislav") } else { ("borislav", "adaeze") };
        let page = scene.page("/", me).await;
        assert!(page.contains(me), "{page}");
        found += page.matches(other).count();
    }
    found
}

/// What a module remembers, against the rule of this house.
const REMEMBERS: &str = "const seen = [];";

#[tokio::test]
async fn a_visitor_finds_nothing_of_the_one_before() {
    assert_eq!(met(&bundle(""), quick()).await, 0);
}

#[tokio::test]
async fn a_bundle_that_remembers_is_noticed() {
    let bundle = format!("{REMEMBERS}{}", bundle("seen.push(name); return page(seen.join());"));
    assert!(met(&bundle, quick()).await > 0, "the control finds what a module kept");
}

#[tokio::test]
async fn a_context_that_drew_its_number_of_pages_is_replaced() {
    let remembers = format!("{REMEMBERS}{}", bundle("seen.push(name); return page(`${name}: ${seen.length} seen`);"));
    // Each page is three calls into the bundle.
    let scene = scene_with(&remembers, Limits { calls_max: 6, ..quick() }, Duration::ZERO, named);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let page = scene.page("/", "noor").await;
        seen.push(page.split_once("noor: ").unwrap().1.split(' ').next().unwrap().to_owned());
    }
    assert_eq!(seen, ["1", "2", "1", "2"]);
}
