//! Encodings of files that were packed when they were built, and which of them a request wants (RFC 9110 §12.5.3).

use http::{HeaderMap, header};

/// How a file is packed. Of two that are equally small and equally wanted, the earlier is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coding {
    Brotli,
    Zstandard,
    Gzip,
    /// Not at all.
    Identity,
}

impl Coding {
    /// What stands in headers.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Zstandard => Some("zstd"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What the name of such a file ends with.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Zstandard => ".zst",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// The file a path would be the twin of.
    pub(super) fn of_twin(path: &str) -> Option<(&str, Self)> {
        [Self::Brotli, Self::Zstandard, Self::Gzip]
            .into_iter()
            .find_map(|coding| path.strip_suffix(coding.ending()).map(|stem| (stem, coding)))
    }
}

/// How much each encoding is wanted, in thousandths; 0: not at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    brotli: u16,
    zstandard: u16,
    gzip: u16,
    identity: u16,
}

impl Wanted {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        // As it is will always do, and is wanted least when nobody says so.
        let mut wanted = Self { brotli: 0, zstandard: 0, gzip: 0, identity: 1 };
        let mut others = None;
        let mut said = [false; 3];
        let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        for part in values.flat_map(|value| value.split(',')) {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = thousandths(weight);
            let name = name.trim();
            if name.eq_ignore_ascii_case("br") {
                (wanted.brotli, said[0]) = (weight, true);
            } else if name.eq_ignore_ascii_case("zstd") {
                (wanted.zstandard, said[1]) = (weight, true);
            } else if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                (wanted.gzip, said[2]) = (weight, true);
            } else if name.eq_ignore_ascii_case("identity") {
                wanted.identity = weight.max(1);
            } else if name == "*" {
                others = Some(weight);
            }
        }
        if let Some(weight) = others {
            let each = [&mut wanted.brotli, &mut wanted.zstandard, &mut wanted.gzip];
            each.into_iter().zip(said).filter(|(_, said)| !said).for_each(|(each, _)| *each = weight);
        }
        wanted
    }

    /// How much this one is wanted.
    pub(super) fn weight(&self, coding: Coding) -> u16 {
        match coding {
            Coding::Brotli => self.brotli,
            Coding::Zstandard => self.zstandard,
            Coding::Gzip => self.gzip,
            Coding::Identity => self.identity,
        }
    }
}

/// `q=0.5` as 500; nothing is 1,000, and what is no weight is 0: it was not meant as a wish.
fn thousandths(said: &str) -> u16 {
    let said = said.trim();
    if said.is_empty() {
        return 1000;
    }
    let Some(weight) = said.strip_prefix("q=").or_else(|| said.strip_prefix("Q=")) else { return 0 };
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    if part.len() > 3 || !part.bytes().all(|octet| octet.is_ascii_digit()) {
        return 0;
    }
    let part = format!("{part:0<3}").parse().unwrap_or(0);
    match whole {
        "0" => part,
        "1" if part == 0 => 1000,
        _ => 0,
    }
}
