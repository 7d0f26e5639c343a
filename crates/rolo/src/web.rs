//! The web app, as it was built into this program.

use std::borrow::Cow;

use bytes::Bytes;
use rolo_gateway::{File, Files};
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
            let bytes = match file.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            (path, File { bytes, etag })
        })
        .collect()
}
