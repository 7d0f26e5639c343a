//! Bundles and APIs that do what they should not: the visitor gets the shell, it is counted, and the next page is drawn.

use std::time::Duration;

use super::*;

/// A bundle that misbehaves at `/bad` and draws everything else.
async fn falls_back(bad: &str) -> rolo_ssr::Figures {
    let scene = scene(&format!("if (url === '/bad') {{ {bad} }}"));
    // The control: this very bundle draws.
    assert!(scene.page("/good", "noor").await.contains("noor at /good"));
    let response = scene.get("/bad", &[("cookie", "noor")]).await;
    assert!(is_shell(&response), "{bad}: {}", text(&response));
    // The only context was thrown away; a fresh one draws.
    assert!(scene.page("/after", "noor").await.contains("noor at /after"));
    let figures = scene.pages.figures();
    assert_eq!((figures.drawn, figures.fell_back()), (2, 1), "{bad}");
    figures
}

#[tokio::test]
async fn a_bundle_that_throws() {
    for bad in [
        "throw new Error('no');",
        "return undefined.x;",
        "return 7;",
        "return page('x', { status: 'none' });",
        "await new Promise(() => {});",
        "const f = () => f() + 1; f();",
    ] {
        assert_eq!(falls_back(bad).await.threw, 1, "{bad}");
    }
}

#[tokio::test]
async fn a_bundle_that_hangs() {
    for bad in [
        "while (true) {}",
        "for (;;) { try { for (;;); } catch {} }",
        "const go = async () => { for (;;) await null; }; await go();",
        "/^(a+)+$/.exec('a'.repeat(40) + 'b');",
    ] {
        assert_eq!(falls_back(bad).await.late, 1, "{bad}");
    }
}

#[tokio::test]
async fn a_bundle_that_eats_memory() {
    for bad in ["return page('x'.repeat(200_000_000));", "const all = []; for (;;) all.push(new Uint8Array(1 << 20));"]
    {
        assert_eq!(falls_back(bad).await.memory, 1, "{bad}");
    }
}

#[tokio::test]
async fn a_bundle_that_asks_for_a_network_or_a_timer_is_told_so() {
    for bad in ["fetch('/v1/account');", "setTimeout(() => {}, 0);", "await new Promise((go) => setTimeout(go, 1));"] {
        assert_eq!(falls_back(bad).await.threw, 1, "{bad}");
    }
}

#[tokio::test]
async fn a_bundle_that_fails_before_it_exports_anything() {
    for bad in ["while (true) {}", "throw new Error('no');", "const big = 'x'.repeat(200_000_000);"] {
        let scene = scene_with(&format!("{bad}\n{}", bundle("")), quick(), Duration::ZERO, named);
        for _ in 0..2 {
            assert!(is_shell(&scene.get("/", &[]).await), "{bad}");
        }
        assert_eq!(scene.pages.figures().fell_back(), 2);
    }
}

#[tokio::test]
async fn a_page_that_asks_for_what_is_no_call_of_the_api_or_too_much() {
    for needs in [
        "['http://169.254.169.254/']",
        "['/admin/v1/backup']",
        "Array.from({ length: 50 }, (_, n) => `/v1/contacts?n=${n}`)",
    ] {
        let scene = scene_with(
            &format!("export const needs = () => {needs}; export const render = () => 0;"),
            quick(),
            Duration::ZERO,
            named,
        );
        assert!(is_shell(&scene.get("/", &[]).await), "{needs}");
        assert!(scene.api.asked.lock().unwrap().is_empty(), "{needs}");
    }
}

#[tokio::test]
async fn an_api_that_fails_answers_rubbish_or_never() {
    let answers: [(&str, u16, &str); 4] =
        [("broke", 500, "{}"), ("gone", 502, ""), ("rubbish", 200, "<html>"), ("cut", 200, "{\"name\":")];
    for (what, status, body) in answers {
        let scene = scene_with(&bundle(""), quick(), Duration::ZERO, move |_| said(status, body));
        assert!(is_shell(&scene.get("/", &[]).await), "{what}");
        assert_eq!(scene.pages.figures().unanswered, 1, "{what}");
    }
    let limits = Limits { answers: Duration::from_millis(20), ..quick() };
    let scene = scene_with(&bundle(""), limits, Duration::from_secs(600), named);
    assert!(is_shell(&scene.get("/", &[]).await));
    assert_eq!(scene.pages.figures().unanswered, 1);
}

#[tokio::test]
async fn more_pages_than_may_wait_are_left_to_the_browser() {
    let limits = Limits { waiting_max: 1, ..quick() };
    let scene = scene_with(&bundle("for (let n = 0; n < 100_000; n++) name.at(0);"), limits, Duration::ZERO, named);
    let all = futures_util::future::join_all((0..40).map(|_| scene.get("/", &[("cookie", "noor")]))).await;
    let figures = scene.pages.figures();
    assert!(all.iter().all(|response| response.status() == StatusCode::OK));
    assert!(figures.busy > 0 && figures.drawn > 0, "{figures:?}");
    assert_eq!(figures.drawn + figures.fell_back(), 40);
}
