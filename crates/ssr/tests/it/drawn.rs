//! A page that is drawn: what stands in it and around it.

use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_page_carries_what_was_drawn_with_language_theme_and_title() {
    let scene = scene("");
    let response = scene.get("/?a=1", &[("cookie", "noor")]).await;
    let page = text(&response);
    assert!(page.contains(r#"<html lang="en" dir="ltr" data-theme="dark">"#), "{page}");
    assert!(page.contains("<title>A &lt;b&gt; page</title>"), "{page}");
    assert!(page.contains(r#"<div id="app"><main>noor at /?a=1</main></div>"#), "{page}");
    assert!(page.contains(r#"<link rel="modulepreload" crossorigin href="/assets/page-1.js">"#), "{page}");
    assert_eq!(page.matches("/assets/vue-1.js").count(), 1, "what the shell names is not named twice");
    assert!(!page.contains("needs JavaScript"), "a drawn page does not");
    assert!(page.contains("/without-script.css"), "{page}");
    assert_eq!(scene.pages.figures().drawn, 1);
    assert!(scene.pages.figures().cpu > Duration::ZERO);
}

#[tokio::test]
async fn a_page_that_is_of_no_use_without_scripts_says_so() {
    let scene = scene("return page('a form', { needs_scripts: url === '/contacts/new' });");
    let (form, list) = (text(&scene.get("/contacts/new", &[]).await), text(&scene.get("/", &[]).await));
    assert!(form.contains("a form") && form.contains("needs JavaScript") && form.contains("</body>"), "{form}");
    assert!(list.contains("a form") && !list.contains("needs JavaScript") && list.contains("</body>"), "{list}");
}

#[tokio::test]
async fn what_is_drawn_for_somebody_is_theirs_alone() {
    let scene = scene("");
    let response = scene.get("/", &[("cookie", "noor")]).await;
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    assert!(response.headers()["vary"].to_str().unwrap().contains("cookie"));
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
}

#[tokio::test]
async fn style_sheets_stand_in_the_page_by_a_nonce_that_is_new_each_time() {
    let scene = scene("");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let response = scene.get("/", &[]).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let nonce = policy.split_once("'nonce-").unwrap().1.split('\'').next().unwrap().to_owned();
        let page = text(&response);
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert!(
            page.contains(&format!(
                "<style nonce=\"{nonce}\" data-href=\"/assets/index-1.css\">a{{}}</style><style nonce=\"{nonce}\""
            )),
            "{page}"
        );
        assert!(!page.contains(r#"rel="stylesheet" crossorigin"#), "nothing waits for a second answer");
        seen.push(nonce);
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn the_answers_travel_in_the_page_and_cannot_end_their_element() {
    let scene =
        scene_with(&bundle(""), quick(), Duration::ZERO, |_| said(200, "{\"name\":\"</script><!--\\u2028\u{2028}\"}"));
    let page = text(&scene.get("/", &[]).await);
    let state = page
        .split_once(r#"<script type="application/json" id="rolo-state">"#)
        .unwrap()
        .1
        .split("</script>")
        .next()
        .unwrap();
    assert!(!state.contains('<') && !state.contains('\u{2028}'), "{state}");
    let state: serde_json::Value = serde_json::from_str(state).unwrap();
    assert_eq!(state["answers"]["/v1/account"]["body"]["name"], "</script><!--\u{2028}\u{2028}");
    assert_eq!(
        (&state["answers"]["/v1/contacts"]["status"], &state["visit"]["secure"]),
        (&serde_json::json!(200), &serde_json::json!(true))
    );
}

#[tokio::test]
async fn a_browser_that_takes_gzip_gets_the_same_page_smaller() {
    let scene = scene("return page('x'.repeat(5000));");
    let plain = scene.get("/", &[]).await;
    let small = scene.get("/", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(small.headers()["content-encoding"], "gzip");
    assert!(small.body().len() * 4 < plain.body().len());
    let mut page = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(small.body().as_ref()), &mut page).unwrap();
    assert!(page.contains(&"x".repeat(5000)));
    assert!(scene.get("/", &[("accept-encoding", "gzip;q=0")]).await.headers().get("content-encoding").is_none());
}

#[tokio::test]
async fn the_api_is_asked_in_two_rounds_with_the_visitors_cookie_and_nothing_else_of_theirs() {
    let scene = scene("");
    scene.get("/", &[("cookie", "noor"), ("authorization", "Bearer x"), ("x-request-id", "r1")]).await;
    let asked = scene.api.asked.lock().unwrap();
    let paths: Vec<_> = asked.iter().map(|request| request.uri().path()).collect();
    assert_eq!(paths, ["/v1/account", "/v1/contacts"]);
    for request in asked.iter() {
        assert_eq!(request.headers()["cookie"], "noor");
        assert_eq!(request.headers()["x-request-id"], "r1");
        assert!(!request.headers().contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_page_of_the_browser_is_the_shell_and_asks_nothing() {
    let scene = scene("");
    assert!(is_shell(&scene.get("/import", &[("cookie", "noor")]).await));
    assert!(scene.api.asked.lock().unwrap().is_empty());
    let figures = scene.pages.figures();
    assert_eq!((figures.left_to_browser, figures.fell_back()), (1, 0));
}

#[tokio::test]
async fn the_page_says_its_status_and_where_else_to_go() {
    let there = scene(
        "if (url === '/nope') return page('nothing', { status: 404 }); if (url === '/door') return { status: 303, location: '/sign-in?next=%2F' };",
    );
    assert_eq!(there.get("/nope", &[]).await.status(), 404);
    let led = there.get("/door", &[]).await;
    assert_eq!((led.status().as_u16(), led.headers()["location"].to_str().unwrap()), (303, "/sign-in?next=%2F"));
    for evil in ["//evil.example", "https://evil.example", "/\\\\evil.example", "/a\\nb"] {
        let scene = scene(&format!("return {{ status: 303, location: '{evil}' }};"));
        let response = scene.get("/", &[]).await;
        assert!(is_shell(&response) && response.headers().get("location").is_none(), "{evil}");
    }
}

#[tokio::test]
async fn a_page_of_an_api_that_rests_keeps_its_503() {
    let scene = scene_with(
        &bundle("if (answers['/v1/contacts'].status === 503) return page('resting', { status: 503, hydrate: false });"),
        quick(),
        Duration::ZERO,
        |request| if request.uri().path() == "/v1/contacts" { said(503, "{}") } else { named(request) },
    );
    let response = scene.get("/", &[]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["rolo-page"], "drawn");
    assert!(scene.get("/import", &[]).await.headers().get("rolo-page").is_none());
    assert!(text(&response).contains("resting") && !text(&response).contains("rolo-state"));
}

#[test]
fn a_bundle_that_is_none_is_refused_at_the_start() {
    let api = Arc::new(Api { answers: Box::new(named), asked: Mutex::new(Vec::new()), slow: Duration::ZERO });
    let parts = |bundle: &'static str, shell: &'static str| PagesParts {
        bundle: bundle.into(),
        shell: shell.into(),
        styles: HashMap::new(),
        limits: quick(),
    };
    assert!(Pages::new(parts("export const = 1", SHELL), Arc::clone(&api) as _).is_err());
    assert!(Pages::new(parts("export const a = 1", "<p>no page</p>"), Arc::clone(&api) as _).is_err());
    assert!(Pages::new(parts("export const a = 1", SHELL), api).is_ok());
}
