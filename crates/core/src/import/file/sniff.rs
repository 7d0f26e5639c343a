//! What a file is, by its first bytes. Its name is never asked.

use super::Unfit;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Archive,
    Cards,
    Objects,
    Table,
}

/// Tells what a file is by its head, decoded to text unless it is binary.
pub(crate) fn what(head: &[u8], text: &str) -> Result<What, Unfit> {
    let unfit = |why: &str| Err(Unfit(why.to_owned()));
    const CSV: &str = "Save it as CSV there, then import that file.";
    match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return Ok(What::Archive),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return unfit(&format!("This is an old Excel or Outlook file. {CSV}")),
        [b'%', b'P', b'D', b'F', ..] => return unfit("This is a PDF. Import a CSV, vCard or JSContact file."),
        [0x1F, 0x8B, ..] => return unfit("This file is packed with gzip. Unpack it first, or pack it as .zip."),
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] => {
            return unfit("This archive is not a .zip. Unpack it first, or pack it as .zip.");
        }
        [] => return unfit("This file is empty."),
        _ => {}
    }
    let text = text.trim_start_matches('\u{feff}');
    let begin = text.trim_start();
    if begin.is_empty() {
        return unfit("This file is empty.");
    }
    let lines = || text.lines().take(200);
    if lines().any(|line| line.trim().eq_ignore_ascii_case("BEGIN:VCARD")) || text.split('\r').take(200).any(is_begin) {
        return Ok(What::Cards);
    }
    if begin.starts_with('{') || begin.starts_with('[') {
        return Ok(What::Objects);
    }
    if begin.starts_with('<') {
        return unfit("This is a web page or XML. Import a CSV, vCard or JSContact file.");
    }
    if lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.starts_with("dn:") || line.starts_with("version: 1"))
    {
        return unfit("This is an LDIF file. Export it as CSV or vCard there, then import that file.");
    }
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || *c == '\u{fffd}').count();
    if odd * 20 > text.chars().count() {
        return unfit("This file holds no text. Import a CSV, vCard or JSContact file.");
    }
    Ok(What::Table)
}

fn is_begin(line: &str) -> bool {
    line.trim().eq_ignore_ascii_case("BEGIN:VCARD")
}

/// The delimiter of a table, by the rows of its head: the one that gives most rows the same number of columns.
pub(crate) fn delimiter(head: &str) -> u8 {
    let score = |mark: u8| {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(mark).from_reader(head.as_bytes());
        let mut widths: Vec<usize> = Vec::new();
        let mut record = csv::ByteRecord::new();
        while widths.len() < 30 && matches!(reader.read_byte_record(&mut record), Ok(true)) {
            widths.push(record.len());
        }
        let most = widths
            .iter()
            .copied()
            .filter(|width| *width > 1)
            .max_by_key(|width| (widths.iter().filter(|one| *one == width).count(), *width));
        most.map_or(0, |width| widths.iter().filter(|one| **one == width).count() * width)
    };
    [b',', b';', b'\t'].into_iter().max_by_key(|mark| (score(*mark), *mark == b',')).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_what_is_in_them() {
        let of = |text: &str| what(text.as_bytes(), text);
        assert_eq!(of("\u{feff}\r\nbegin:vcard\r\nEND:VCARD"), Ok(What::Cards));
        assert_eq!(of("BEGIN:VCARD\rFN:A\rEND:VCARD"), Ok(What::Cards));
        assert_eq!(of(" [ {\"@type\": \"Card\"}"), Ok(What::Objects));
        assert_eq!(of("Name,E-mail\nAnn,ann@example.org"), Ok(What::Table));
        assert_eq!(of("ann@example.org\n"), Ok(What::Table));
        assert_eq!(what(b"PK\x03\x04", ""), Ok(What::Archive));
        for text in ["", " \n", "%PDF-1.7", "<html>", "dn: cn=Ann\n", "\u{1}\u{2}\u{3}\u{4}\u{5}"] {
            assert!(of(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_delimiter_is_the_one_rows_agree_on() {
        assert_eq!(delimiter("a,b,c\n1,2,3\n"), b',');
        assert_eq!(delimiter("Name;E-Mail;Notiz\nAnn;ann@example.org;\"eins, zwei, drei\"\nBob;;a,b,c,d\n"), b';');
        assert_eq!(delimiter("a\tb\n1,5\t2,5\n"), b'\t');
        assert_eq!(delimiter("\"a;b\",c\n\"1;2;3\",4\n"), b',');
        assert_eq!(delimiter("one\ntwo\n"), b',');
        assert_eq!(delimiter("Notes:\n\"When, where; why\"\n\nFirst Name,Last Name,URL\nA,B,C\nD,E,F\n"), b',');
    }
}
