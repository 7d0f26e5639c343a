//! No cell of a table is a formula to the spreadsheet that opens it.

use super::{
    round::{Kept, csv},
    whole,
};
use crate::export::tables::Kind;

/// What a spreadsheet would run. A number with a sign is a number to it, or a text it cannot compute.
fn runs(cell: &str) -> bool {
    let number = |cell: &str| cell.chars().all(|c| c.is_ascii_digit() || "+-(). ".contains(c));
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number(cell)
}

fn cells(bytes: &[u8]) -> Vec<String> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn no_exported_cell_is_a_formula() {
    let book: Vec<Kept> = whole::contacts().iter().map(|model| Kept::drawn(model, false)).collect();
    for kind in [Kind::Google, Kind::Outlook] {
        let cells = cells(&csv(kind, &book));
        let formulas: Vec<_> = cells.iter().filter(|cell| runs(cell)).collect();
        assert!(formulas.is_empty(), "{kind:?}: {formulas:?}");
        assert!(cells.contains(&"+43 1 5880100".to_owned()), "{kind:?}: a phone number stays as it is");
        assert!(cells.contains(&"'=1+1".to_owned()), "{kind:?}: a formula gets one apostrophe");
        // The control: the same cells without their guard are found to run.
        let bare = cells.iter().filter_map(|cell| cell.strip_prefix('\'')).filter(|cell| runs(cell)).count();
        assert!(bare >= 5, "{kind:?}: {bare}");
    }
}
