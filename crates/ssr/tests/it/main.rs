//! The server of pages, from outside: bundles of every kind, an API that does what a test says.
#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod door;
mod drawn;
mod hostile;
mod visitors;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use rolo_ssr::{Ask, Limits, Pages, PagesParts, Visitor};

const SHELL: &str = r#"<!doctype html>
<html lang="en" dir="ltr">
  <head>
    <title>Rolo</title>
    <noscript><link rel="stylesheet" href="/without-script.css" /></noscript>
    <script type="module" crossorigin src="/assets/index-1.js"></script>
    <link rel="modulepreload" crossorigin href="/assets/vue-1.js">
    <link rel="stylesheet" crossorigin href="/assets/index-1.css">
  </head>
  <body>
    <div id="app"></div>
    <noscript>Rolo needs JavaScript for this page.</noscript>
  </body>
</html>
"#;

/// A bundle that draws who is signed in and where; `more` stands before its functions.
fn bundle(render: &str) -> String {
    format!(
        r"
        const page = (html, more) => ({{ status: 200, html, title: 'A <b> page', lang: 'en', dir: 'ltr', theme: 'dark', density: null, styles: ['/assets/page-1.css'], scripts: ['/assets/page-1.js', '/assets/vue-1.js'], hydrate: true, ...more }});
        export function needs(url, answers) {{
          if (url === '/import') return null;
          return answers['/v1/account'] ? ['/v1/contacts'] : ['/v1/account'];
        }}
        export async function render(url, answers, visit) {{
          const name = answers['/v1/account'].body.name;
          {render}
          return page(`<main>${{name}} at ${{url}}</main>`);
        }}
        "
    )
}

type Answers = Box<dyn Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync>;

/// An API that answers as it is told, and remembers what it was asked.
struct Api {
    answers: Answers,
    asked: Mutex<Vec<Request<Bytes>>>,
    /// How long it thinks.
    slow: Duration,
}

#[async_trait]
impl Ask for Api {
    async fn ask(&self, request: Request<Bytes>, _: Visitor) -> Response<Bytes> {
        tokio::time::sleep(self.slow).await;
        let answer = (self.answers)(&request);
        self.asked.lock().unwrap().push(request);
        answer
    }
}

fn said(status: u16, body: &str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

/// Whoever has a cookie is called by it.
fn named(request: &Request<Bytes>) -> Response<Bytes> {
    let cookie = request.headers().get("cookie").map_or("nobody", |cookie| cookie.to_str().unwrap());
    match request.uri().path() {
        "/v1/account" => said(200, &serde_json::json!({ "name": cookie }).to_string()),
        _ => said(200, r#"{"items":[]}"#),
    }
}

struct Scene {
    pages: Pages,
    api: Arc<Api>,
}

fn quick() -> Limits {
    Limits { contexts: 1, ..Limits::default() }
}

fn scene_with(
    bundle: &str,
    limits: Limits,
    slow: Duration,
    answers: impl Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
) -> Scene {
    let api = Arc::new(Api { answers: Box::new(answers), asked: Mutex::new(Vec::new()), slow });
    let styles = HashMap::from([
        ("/assets/index-1.css".to_owned(), Bytes::from_static(b"a{}")),
        ("/assets/page-1.css".to_owned(), Bytes::from_static(b"b{}")),
    ]);
    let parts = PagesParts {
        bundle: Bytes::from(bundle.to_owned()),
        shell: Bytes::from_static(SHELL.as_bytes()),
        styles,
        limits,
    };
    Scene { pages: Pages::new(parts, Arc::clone(&api) as _).unwrap(), api }
}

fn scene(render: &str) -> Scene {
    scene_with(&bundle(render), quick(), Duration::ZERO, named)
}

impl Scene {
    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
        self.send("GET", path, headers, "").await
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(path).header("host", "rolo.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let visitor = Visitor { address: ([127, 0, 0, 1], 4000).into(), tls: true };
        self.pages.answer(request.body(Full::new(Bytes::from(body.to_owned()))).unwrap(), visitor).await
    }

    /// The page a visitor gets who is called `name`.
    async fn page(&self, path: &str, name: &str) -> String {
        let response = self.get(path, &[("cookie", name)]).await;
        assert_eq!(response.status(), StatusCode::OK);
        text(&response)
    }
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

/// Answered with the shell as it was built, and with 200.
fn is_shell(response: &Response<Bytes>) -> bool {
    response.status() == StatusCode::OK && text(response) == SHELL
}
