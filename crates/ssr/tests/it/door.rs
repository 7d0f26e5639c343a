//! The door's forms, sent without scripts.

use std::time::Duration;

use super::*;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// An API with a door: it takes one password, and looks at where the form came from as the real one does.
fn door() -> Scene {
    let draws =
        bundle("if (visit.refused) return page(`<form>${visit.refused.email}: ${visit.refused.problem}</form>`);");
    scene_with(&draws, quick(), Duration::ZERO, |request| {
        if request.uri().path() == "/v1/sessions/current" {
            let mut ended = said(204, "");
            ended.headers_mut().append("set-cookie", "rolo=; Max-Age=0".parse().unwrap());
            ended.headers_mut().append("clear-site-data", "\"cache\"".parse().unwrap());
            return ended;
        }
        if request.uri().path() != "/v1/sessions" {
            return named(request);
        }
        if request.headers().get("origin").is_none_or(|origin| origin != "https://rolo.example") {
            return said(403, r#"{"detail":"not from here"}"#);
        }
        let form: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        if form["email"] != "noor+x@rolo.example" || form["password"] != "a & b = 100%" {
            return said(401, r#"{"detail":"They do not belong together."}"#);
        }
        let mut made = said(201, "");
        made.headers_mut().append("set-cookie", "rolo=secret; HttpOnly".parse().unwrap());
        made
    })
}

const RIGHT: &str = "email=noor%2Bx%40rolo.example&password=a+%26+b+%3D+100%25";

#[tokio::test]
async fn signing_in_leads_on_with_the_cookie() {
    let scene = door();
    for (path, to) in [
        ("/sign-in", "/"),
        ("/sign-in?next=%2Fcontacts%2Fx%3Fa%3D1", "/contacts/x?a=1"),
        ("/sign-in?next=%2F%2Fevil.example", "/"),
        ("/sign-in?next=https%3A%2F%2Fevil.example", "/"),
        ("/sign-in?next=%2F%5Cevil.example", "/"),
    ] {
        let led = scene.send("POST", path, &[FORM, ("origin", "https://rolo.example")], RIGHT).await;
        assert_eq!((led.status().as_u16(), led.headers()["location"].to_str().unwrap()), (303, to), "{path}");
        assert_eq!(led.headers()["set-cookie"], "rolo=secret; HttpOnly");
    }
}

#[tokio::test]
async fn whoever_wants_nothing_kept_on_the_device_has_it_said_to_the_page_that_follows() {
    let form = format!("{RIGHT}&never=yes");
    let led = door().send("POST", "/sign-in", &[FORM, ("origin", "https://rolo.example")], &form).await;
    let cookies: Vec<_> = led.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["rolo=secret; HttpOnly", "rolo-device=no; Path=/; SameSite=Lax"]);
}

#[tokio::test]
async fn a_refusal_stands_at_the_form_with_what_was_typed_but_the_password() {
    let scene = door();
    let refused = scene
        .send(
            "POST",
            "/sign-in",
            &[FORM, ("origin", "https://rolo.example")],
            "email=a%40b.example&password=wrong+word",
        )
        .await;
    assert_eq!(refused.status(), 422);
    assert!(text(&refused).contains("<form>a@b.example: They do not belong together.</form>"), "{}", text(&refused));
    assert!(!text(&refused).contains("wrong word"));
    assert!(refused.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn a_form_of_another_site_or_of_another_kind_signs_nobody_in() {
    let scene = door();
    let elsewhere = scene.send("POST", "/sign-in", &[FORM, ("origin", "https://evil.example")], RIGHT).await;
    assert_eq!((elsewhere.status().as_u16(), elsewhere.headers().get("set-cookie")), (403, None));
    for (kind, body) in [
        ("application/json", "{}".to_owned()),
        ("application/x-www-form-urlencoded", "x".repeat(20_000)),
        ("text/plain", RIGHT.to_owned()),
    ] {
        let refused =
            scene.send("POST", "/sign-in", &[("content-type", kind), ("origin", "https://rolo.example")], &body).await;
        assert_eq!(refused.status(), 400, "{kind}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_leads_to_the_door() {
    let scene = door();
    let led = scene
        .send("POST", "/sign-out", &[FORM, ("cookie", "rolo=secret"), ("origin", "https://rolo.example")], "")
        .await;
    assert_eq!((led.status().as_u16(), led.headers()["location"].to_str().unwrap()), (303, "/sign-in"));
    assert_eq!(led.headers()["set-cookie"], "rolo=; Max-Age=0");
    assert_eq!(led.headers()["clear-site-data"], "\"cache\"");
    let asked = scene.api.asked.lock().unwrap();
    assert_eq!(asked[0].method(), "DELETE");
    assert_eq!(asked[0].headers()["origin"], "https://rolo.example");
}

#[tokio::test]
async fn other_methods_are_refused() {
    let refused = door().send("PUT", "/", &[], "").await;
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.headers()["allow"], "GET, HEAD");
    assert_eq!(door().send("POST", "/contacts", &[FORM], "").await.status(), 405);
}
