//! From when until when a certificate is good (RFC 5280 §4.1.2.5).

use std::time::{Duration, SystemTime};

use yasna::{ASN1Result, BERReader, Tag, tags::TAG_UTCTIME};

/// The life of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) from: SystemTime,
    pub(super) until: SystemTime,
}

impl Validity {
    /// Reads a certificate in DER.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let read = yasna::parse_der(certificate, |reader| {
            reader.read_sequence(|reader| {
                let life = reader.next().read_sequence(|reader| {
                    let version = |reader: BERReader<'_, '_>| reader.read_i64();
                    reader.read_optional(|reader| reader.read_tagged(Tag::context(0), version))?;
                    // Its number, how it is signed and by whom.
                    for _ in 0..3 {
                        reader.next().read_der()?;
                    }
                    let life =
                        reader.next().read_sequence(|reader| Ok((time(reader.next())?, time(reader.next())?)))?;
                    // For whom it is, its key, and what else it says.
                    while reader.read_optional(|reader| reader.read_der())?.is_some() {}
                    Ok(life)
                })?;
                reader.next().read_der()?;
                reader.next().read_der()?;
                Ok(life)
            })
        });
        let (from, until) = read.ok()?;
        Some(Self { from, until })
    }

    /// How long it is good for.
    pub(super) fn life(&self) -> Duration {
        self.until.duration_since(self.from).unwrap_or_default()
    }
}

/// A time in either of its writings.
fn time(reader: BERReader<'_, '_>) -> ASN1Result<SystemTime> {
    if reader.lookahead_tag()? == TAG_UTCTIME {
        Ok(SystemTime::from(*reader.read_utctime()?.datetime()))
    } else {
        Ok(SystemTime::from(*reader.read_generalized_time()?.datetime()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_certificate_is_read() {
        let second = |second| SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        // Before and after 2050 times are written in two ways.
        for (from, until) in [(1_780_000_000, 1_787_776_000), (2_500_000_000, 2_600_000_000)] {
            let mut params = rcgen::CertificateParams::new(vec!["book.example".to_owned()]).unwrap();
            (params.not_before, params.not_after) = (second(from).into(), second(until).into());
            let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
            let validity = Validity::of(certificate.der()).unwrap();
            assert_eq!(validity, Validity { from: second(from), until: second(until) });
            assert_eq!(validity.life(), Duration::from_secs(until - from));
            for end in 0..certificate.der().len() {
                assert_eq!(Validity::of(&certificate.der()[..end]), None);
            }
        }
    }
}
