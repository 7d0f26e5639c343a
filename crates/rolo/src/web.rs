//! The web app, as it was built into this program.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use rolo_gateway::{File, Files};
use rolo_ssr::{Limits, PagesParts};
use rust_embed::Embed;

/// The folder the web app is built into. A dev build reads it when it runs; a release build carries it.
#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
#[exclude = ".*"]
struct Built;

/// Every file of the web app.
pub(crate) fn files() -> Files {
    Built::iter()
        .filter_map(|path| Built::get(&path).map(|file| (path, file)))
        .map(|(path, file)| {
            let etag = file.metadata.sha256_hash()[..9].iter().map(|octet| format!("{octet:02x}")).collect();
            (path, File { bytes: bytes(file.data), etag })
        })
        .collect()
}

/// Every file as it lies in the build, for whoever serves them instead of Rolo.
pub(crate) fn all() -> Vec<(Cow<'static, str>, Cow<'static, [u8]>)> {
    Built::iter().filter_map(|path| Built::get(&path).map(|file| (path, file.data))).collect()
}

/// The folder of the bundle that draws pages on the server: one module.
#[derive(Embed)]
#[folder = "../../web/dist-ssr"]
#[allow_missing = true]
#[exclude = ".*"]
struct Drawing;

/// What pages are drawn with, if this program was built with it.
pub(crate) fn pages() -> Option<PagesParts> {
    let module = Drawing::iter().find(|path| path.ends_with(".js") || path.ends_with(".mjs"))?;
    let bundle = bytes(Drawing::get(&module)?.data);
    let shell = bytes(Built::get("index.html")?.data);
    let styles = Built::iter()
        .filter(|path| path.ends_with(".css"))
        .filter_map(|path| Some((format!("/{path}"), bytes(Built::get(&path)?.data))))
        .collect::<HashMap<_, _>>();
    Some(PagesParts { bundle, shell, styles, limits: Limits::default() })
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}
