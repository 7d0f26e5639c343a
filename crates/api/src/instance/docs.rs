//! The reference page: the same table and document, drawn to be read. Loads nothing, runs nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::HeaderValue;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    answer::KINDS,
    route::{Once, Operation, Takes, Who},
};

const STYLE: &str = include_str!("docs.css");

/// The page and the policy it is served under.
pub(crate) struct Docs {
    pub(super) page: Bytes,
    pub(super) policy: HeaderValue,
}

impl Docs {
    pub(crate) fn of(chapters: &[(&'static str, Vec<Operation>)], document: &Value) -> Self {
        // The style is allowed by its hash: `unsafe-inline` would allow anybody's.
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { page: Bytes::from(page(chapters, document)), policy }
    }
}

fn page(chapters: &[(&'static str, Vec<Operation>)], document: &Value) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Rolo API</title><style>{STYLE}</style><nav><a href=\"#top\">Rolo API</a>"
    );
    for (chapter, _) in chapters {
        html += &format!("<a href=\"#{}\">{}</a>", anchor(chapter), escaped(chapter));
    }
    html += "<a href=\"#problems\">Problems</a><a href=\"#shapes\">Shapes</a></nav><main id=\"top\"><h1>Rolo API</h1>";
    html += INTRODUCTION;
    for (chapter, operations) in chapters {
        html += &format!("<section id=\"{}\"><h2>{}</h2>", anchor(chapter), escaped(chapter));
        operations.iter().for_each(|operation| html += &one(operation));
        html += "</section>";
    }
    html += "<section id=\"problems\"><h2>Problems</h2><dl>";
    for (kind, title) in KINDS {
        html += &format!("<dt id=\"{kind}\"><code>{kind}</code></dt><dd>{}</dd>", escaped(title));
    }
    html += "</dl></section><section id=\"shapes\"><h2>Shapes</h2>";
    if let Some(Value::Object(schemas)) = document.pointer("/components/schemas") {
        for (name, schema) in schemas {
            let text = serde_json::to_string_pretty(schema).unwrap_or_default();
            let (name, text) = (escaped(name), escaped(&text));
            html += &format!("<details id=\"shape-{name}\"><summary>{name}</summary><pre>{text}</pre></details>");
        }
    }
    html + "</section></main></html>\n"
}

const INTRODUCTION: &str = "<p>Everything Rolo does, over HTTP. The same as <a href=\"/v1/openapi.json\">OpenAPI 3.1</a>.</p>\
    <ul><li>Sign in with an API token: <code>Authorization: Bearer rolo_…</code>. Browsers use the cookie.</li>\
    <li>What is not yours is 404. Every refusal is a problem document (RFC 9457) that names the field.</li>\
    <li>A write says which version it saw: <code>If-Match</code> with the ETag, or <code>*</code>.</li>\
    <li>Writes answer <code>Rolo-Batch</code>: what <code>POST /v1/undo</code> takes back.</li>\
    <li>Lists go on with <code>next</code> as <code>cursor</code>. JSON is UTF-8, at most 32 levels deep, each member once.</li></ul>";

fn one(operation: &Operation) -> String {
    let method = operation.method.as_str();
    let mut html = format!(
        "<article id=\"{}\"><h3><span class=\"{}\">{method}</span> <code>{}</code></h3><p>{}. {}</p>",
        operation.id,
        method.to_ascii_lowercase(),
        escaped(operation.path),
        escaped(operation.title),
        prose(operation.about),
    );
    html += "<table>";
    for param in &operation.query {
        let must = if param.required { " (needed)" } else { "" };
        html += &format!("<tr><th><code>?{}</code>{must}<td>{}", escaped(param.name), prose(param.about));
    }
    if operation.seen {
        html += "<tr><th><code>If-Match</code> (needed)<td>The ETag that was seen, or <code>*</code>.";
    }
    if operation.once == Once::Kept {
        html += "<tr><th><code>Idempotency-Key</code><td>The same key and body within 24 hours is answered again, not done again.";
    }
    if let Once::Refused(why) = operation.once {
        html += &format!("<tr><th><code>Idempotency-Key</code><td>Refused. {}", escaped(why));
    }
    match &operation.takes {
        Takes::Nothing => {}
        Takes::Json { schema, .. } => html += &format!("<tr><th>Takes<td>{}", shape(&schema.name)),
        Takes::Octets => html += "<tr><th>Takes<td>The file's octets.",
    }
    for gives in &operation.gives {
        let what = gives.schema.as_ref().map_or_else(|| escaped(gives.media), |named| shape(&named.name));
        html += &format!("<tr><th>{}<td>{} {what}", gives.status.as_u16(), prose(gives.about));
    }
    let who = match operation.who {
        Who::Anyone => "Anybody.",
        Who::Account => "Whoever is signed in.",
        Who::Operator => "This machine, or an owner or admin.",
    };
    html + &format!("<tr><th>Who<td>{who}</table></article>")
}

fn shape(name: &str) -> String {
    let name = escaped(name);
    format!("<a href=\"#shape-{name}\">{name}</a>")
}

fn anchor(chapter: &str) -> String {
    chapter.to_ascii_lowercase().replace([' ', ','], "-")
}

/// Text whose `code` stands in backticks.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(n, part)| if n % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_every_operation_and_loads_nothing() {
        let chapters = crate::route::operations();
        let html = page(&chapters, &crate::route::openapi::document(&chapters));
        for operation in chapters.iter().flat_map(|(_, operations)| operations) {
            assert!(html.contains(&format!("id=\"{}\"", operation.id)), "{} is missing", operation.id);
        }
        for loading in ["<script", "<link", "<img", "src=", "@import", "url(", "style=", "http://", "https://"] {
            assert!(!html.contains(loading), "the page has {loading}");
        }
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(prose("a `b<c>` & d"), "a <code>b&lt;c&gt;</code> &amp; d");
    }
}
