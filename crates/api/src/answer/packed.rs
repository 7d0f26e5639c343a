//! Flowing answers made smaller on their way, for whoever takes gzip.
//!
//! For files of contacts only: nothing in them is of the asker's choosing, so their length tells a stranger nothing about
//! what stands beside it (BREACH). Whole answers stay as they are.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use futures_util::{Stream, StreamExt as _, stream};
use http::{HeaderMap, header};
use rolo_core::{Error, Result};

/// Whether these headers take gzip (RFC 9110 §12.5.3): named, or meant by `*`, with a weight that is not zero.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = false;
    for coding in values.flat_map(|value| value.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") => return !refused,
            "*" => any = !refused,
            _ => {}
        }
    }
    any
}

/// The same chunks as one gzip stream (RFC 1952). Each chunk can be read as soon as it has come.
pub(crate) fn packed<S>(chunks: S) -> impl Stream<Item = Result<Vec<u8>>> + Send + 'static
where
    S: Stream<Item = Result<Vec<u8>>> + Send + 'static,
{
    // The fastest level: a chunk is packed between two reads of the database, and contacts are so alike that level six gains
    // little.
    let encoder = GzEncoder::new(Vec::new(), Compression::fast());
    stream::try_unfold((Box::pin(chunks), Some(encoder)), async |(mut chunks, encoder)| {
        let Some(mut encoder) = encoder else { return Ok(None) };
        match chunks.next().await.transpose()? {
            Some(chunk) => {
                encoder.write_all(&chunk).and_then(|()| encoder.flush()).map_err(Error::internal)?;
                let smaller = std::mem::take(encoder.get_mut());
                Ok(Some((smaller, (chunks, Some(encoder)))))
            }
            None => Ok(Some((encoder.finish().map_err(Error::internal)?, (chunks, None)))),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use http::HeaderValue;

    use super::*;

    fn takes(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
        takes_gzip(&headers)
    }

    #[test]
    fn who_takes_gzip_says_so() {
        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=1.0, GZIP;q=0.5") && takes("*"));
        assert!(!takes("br") && !takes("gzip;q=0, *") && !takes("gzip; q=0.0") && !takes("*;q=0"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn each_chunk_can_be_read_as_soon_as_it_has_come() {
        let chunks = [b"first line\n".to_vec(), b"second line\n".to_vec()];
        let mut packed = Box::pin(packed(stream::iter(chunks.into_iter().map(Ok))));
        let mut came = packed.next().await.unwrap().unwrap();
        let mut text = [0; 11];
        GzDecoder::new(&came[..]).read_exact(&mut text).unwrap();
        assert_eq!(&text, b"first line\n");
        while let Some(chunk) = packed.next().await {
            came.extend(chunk.unwrap());
        }
        let mut whole = String::new();
        GzDecoder::new(&came[..]).read_to_string(&mut whole).unwrap();
        assert_eq!(whole, "first line\nsecond line\n");
    }

    #[tokio::test]
    async fn what_breaks_in_the_middle_never_looks_whole() {
        let chunks = [Ok(b"first line\n".to_vec()), Err(Error::internal("gone"))];
        let came: Vec<_> = packed(stream::iter(chunks)).collect().await;
        assert_eq!(came.len(), 2);
        assert!(came[1].is_err());
        let mut text = Vec::new();
        assert!(GzDecoder::new(&came[0].as_ref().unwrap()[..]).read_to_end(&mut text).is_err());
    }
}
