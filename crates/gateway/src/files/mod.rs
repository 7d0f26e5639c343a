//! The files of a site: right type, right cache time, the smallest encoding the browser takes, or a part of it.
//!
//! Only what was found when the site was made is ever served, so no path leads outside. A chunk's name carries its hash, so it
//! may be kept for ever; a missing chunk is a 404 and never the page. Headers are made once, and not for each request.

mod answer;
mod coding;
mod folder;
mod media;
pub(crate) mod path;
mod range;

use std::{borrow::Cow, collections::HashMap, path::PathBuf, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

pub(crate) use answer::Wish;
use coding::Coding;

/// What a page of the app may load and do: its own files and API, nothing inline, nothing from elsewhere.
pub const APP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The page that stands for every path of a single-page app.
const SHELL: &str = "index.html";

/// One file as it was built.
#[derive(Clone, Debug)]
pub struct File {
    /// Its bytes.
    pub bytes: Bytes,
    /// A strong validator, without quotes.
    pub etag: String,
}

/// The files by path (`assets/index-3f2a.js`); `.br`, `.zst` and `.gz` twins are found beside them. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Files {
    by_path: Arc<HashMap<String, Entry>>,
    many_pages: bool,
}

/// A file in every encoding there is of it, the smallest first and as it is last.
#[derive(Debug)]
struct Entry {
    forms: Vec<Form>,
}

/// A file in one encoding, with the headers of an answer that holds all of it.
#[derive(Debug)]
struct Form {
    coding: Coding,
    head: HeaderMap,
    content: Content,
}

/// Where the octets are.
#[derive(Clone, Debug)]
enum Content {
    /// Here.
    Memory(Bytes),
    /// On disk: too large to be held. Length and validator are asked when it is opened.
    Disk(PathBuf),
}

/// What was found, before it is known which file is the twin of which.
struct Found {
    content: Content,
    length: u64,
    /// None: asked of the disk at each request.
    etag: Option<String>,
}

impl FromIterator<(Cow<'static, str>, File)> for Files {
    /// The files of the app, which lie in memory.
    fn from_iter<I: IntoIterator<Item = (Cow<'static, str>, File)>>(files: I) -> Self {
        let found = files.into_iter().map(|(path, file)| {
            let length = file.bytes.len() as u64;
            (path.into_owned(), Found { content: Content::Memory(file.bytes), length, etag: Some(file.etag) })
        });
        Self::indexed(found.collect(), Some(&HeaderValue::from_static(APP_POLICY)))
    }
}

impl Files {
    /// Whether there is no app: no page that draws itself.
    pub fn is_empty(&self) -> bool {
        !self.by_path.contains_key(SHELL)
    }

    /// A site of many pages: a page that is not there is a 404, and not the first page.
    #[must_use]
    pub fn of_many_pages(mut self) -> Self {
        self.many_pages = true;
        self
    }

    fn indexed(mut found: HashMap<String, Found>, policy: Option<&HeaderValue>) -> Self {
        // `a.js.gz` is a twin where there is an `a.js`; elsewhere it is a file as any other.
        let twins: Vec<(String, Coding)> = found
            .keys()
            .filter_map(|path| Coding::of_twin(path).filter(|(stem, _)| found.contains_key(*stem)))
            .map(|(stem, coding)| (format!("{stem}{}", coding.ending()), coding))
            .collect();
        let mut taken: HashMap<String, Vec<(Coding, Found)>> = HashMap::new();
        for (path, coding) in twins {
            if let Some(twin) = found.remove(&path) {
                let stem = path.strip_suffix(coding.ending()).unwrap_or(&path).to_owned();
                taken.entry(stem).or_default().push((coding, twin));
            }
        }
        let by_path = found.into_iter().map(|(path, plain)| {
            let mut forms = taken.remove(&path).unwrap_or_default();
            forms.sort_by_key(|(coding, form)| (form.length, *coding));
            forms.push((Coding::Identity, plain));
            let several = forms.len() > 1;
            let forms = forms.into_iter().map(|(coding, form)| Form::dressed(&path, coding, form, several, policy));
            let forms = forms.collect();
            (path, Entry { forms })
        });
        Self { by_path: Arc::new(by_path.collect()), many_pages: false }
    }
}

impl Form {
    fn dressed(path: &str, coding: Coding, found: Found, several: bool, policy: Option<&HeaderValue>) -> Self {
        let mut head = HeaderMap::with_capacity(16);
        let media_type = media::media_type(path);
        let cache = if is_for_ever(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        head.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        head.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        head.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        head.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if several {
            head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Some(name) = coding.name() {
            head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        if let Some(policy) = policy.filter(|_| media_type.starts_with("text/html")) {
            head.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        if let Content::Memory(bytes) = &found.content {
            head.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        }
        if let Some(etag) = found.etag
            && let Ok(etag) = HeaderValue::try_from(format!("\"{etag}{}\"", coding.ending()))
        {
            head.insert(header::ETAG, etag);
        }
        Self { coding, head, content: found.content }
    }
}

/// Whether a name carries the hash of what it names, as a build writes it: `assets/index-DiwrgTda.js`, `assets/app.3f2a9c1b.css`.
/// A hash has letters and digits mixed; of those without, one in a thousand, nothing worse comes than that they are asked for again.
fn is_for_ever(path: &str) -> bool {
    let stem = path.strip_prefix("assets/").and_then(|name| name.rsplit_once('.')).map_or("", |(stem, _)| stem);
    // The eight signs of a build's hash may be hyphens themselves.
    let eight = stem.len().checked_sub(9).and_then(|at| stem.get(at..)).and_then(|end| end.strip_prefix(['-', '.']));
    let last = stem.rsplit_once(['-', '.']).map(|(_, last)| last).filter(|last| last.len() >= 8);
    eight.into_iter().chain(last).any(|hash| {
        hash.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-'))
            && hash.bytes().any(|octet| octet.is_ascii_digit() || octet.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests;
