//! The trace a request belongs to, as one line says it (W3C Trace Context, `traceparent`).

use http::HeaderValue;

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) trace: [u8; 16],
    pub(crate) span: [u8; 8],
    /// Whether whoever began the trace wants it written down.
    pub(crate) sampled: bool,
}

impl Context {
    /// Reads `traceparent`; what is no sound one begins no trace. Later versions may say more behind what this one knows.
    pub(crate) fn read(said: &HeaderValue) -> Option<Self> {
        let said = said.as_bytes();
        let (head, rest) = (said.get(..55)?, &said[55..]);
        let dashes = [head[2], head[35], head[52]] == *b"---";
        let version = octets::<1>(&head[..2])?[0];
        let sound = version != 0xff && (rest.is_empty() || version > 0 && rest[0] == b'-');
        let (trace, span) = (octets(&head[3..35])?, octets(&head[36..52])?);
        let flags = octets::<1>(&head[53..55])?[0];
        let named = trace != [0; 16] && span != [0; 8];
        (dashes && sound && named).then_some(Self { trace, span, sampled: flags & 1 == 1 })
    }

    /// Writes it.
    pub(crate) fn header(&self) -> HeaderValue {
        let mut line = *b"00-00000000000000000000000000000000-0000000000000000-00";
        write(&self.trace, &mut line[3..35]);
        write(&self.span, &mut line[36..52]);
        line[54] = b'0' + u8::from(self.sampled);
        HeaderValue::from_bytes(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Hexadecimal digits, small ones only.
fn octets<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut octets = [0; N];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        *octet = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(octets)
}

fn digit(sign: u8) -> Option<u8> {
    match sign {
        b'0'..=b'9' => Some(sign - b'0'),
        b'a'..=b'f' => Some(sign - b'a' + 10),
        _ => None,
    }
}

fn write(octets: &[u8], digits: &mut [u8]) {
    for (octet, pair) in octets.iter().zip(digits.chunks_exact_mut(2)) {
        pair[0] = b"0123456789abcdef"[usize::from(octet >> 4)];
        pair[1] = b"0123456789abcdef"[usize::from(octet & 15)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn read(said: &str) -> Option<Context> {
        Context::read(&HeaderValue::from_str(said).unwrap())
    }

    #[test]
    fn what_is_read_is_written_the_same() {
        let context = read(SAID).unwrap();
        assert!(context.sampled && context.trace[0] == 0x0a && context.span[7] == 0x31);
        assert_eq!(context.header(), SAID);
        assert_eq!(Context { sampled: false, ..context }.header(), SAID.replace("-01", "-00"));
    }

    #[test]
    fn what_is_no_trace_begins_none() {
        for said in [
            "",
            "00",
            &SAID[..54],
            &SAID.to_uppercase(),
            &SAID.replace("00-0a", "ff-0a"),
            &format!("{SAID}-more"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            &SAID.replace('-', "_"),
            &"0".repeat(300),
        ] {
            assert_eq!(read(said), None, "{said}");
        }
        assert!(read(&format!("{}-more", SAID.replace("00-0a", "01-0a"))).is_some(), "a later version may say more");
    }
}
