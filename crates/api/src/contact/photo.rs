//! A contact's photo, served so that it can be nothing but an image.

use http::{HeaderName, HeaderValue, StatusCode, header};
use rolo_core::contact::read;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::{Ask, seen},
};

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    let photo = read::photo(api.services(), ask.caller()?, ask.id("id")?).await?;
    let tag = format!("\"{}\"", photo.version);
    let current = ask.query.text("v") == Some(photo.version.as_str());
    let mut answer = if seen::has(ask.headers(), tag.as_bytes()) {
        Answer::status(StatusCode::NOT_MODIFIED)
    } else {
        Answer::octets(safe(photo.media_type), photo.bytes)
    };
    answer.headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    // The version names the bytes, so the browser that asked may keep them; nobody in between may.
    if current {
        answer.headers.insert(header::CACHE_CONTROL, KEEP);
    }
    Ok(answer.with(header::ETAG, tag).with(DISPOSITION, "inline; filename=\"photo\""))
}

const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
const DISPOSITION: HeaderName = header::CONTENT_DISPOSITION;

/// Only types a browser draws and never runs; SVG is not among them.
fn safe(media_type: &'static str) -> &'static str {
    match media_type {
        "image/jpeg" | "image/png" | "image/gif" | "image/webp" | "image/avif" | "image/heic" | "image/bmp"
        | "image/tiff" => media_type,
        _ => "application/octet-stream",
    }
}
