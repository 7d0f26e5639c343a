//! Imports over HTTP: upload a file, look at every row before anything is written, run, and take it back.

mod decide;
mod map;
mod read;
mod rows;
mod run;
mod shape;
mod upload;

use http::StatusCode;
use rolo_core::import::limit::FILE_BYTES_MAX;

use crate::route::{Kind, Operation, may, must};
use shape::{ColumnPatch, Decide, Import, ImportList, Row, RowPage, Run};

const ONE: &str = "/v1/imports/{id}";
const VERDICTS: &[&str] = &["new", "update", "same", "check", "refused"];

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/imports", "listImports", "Your imports")
            .gives::<ImportList>(StatusCode::OK, "Newest first.")
            .by(read::list),
        Operation::post("/v1/imports", "createImport", "Upload a file to import")
            .about("CSV of Google, Outlook, LinkedIn, Yahoo, Thunderbird or any other, vCard, JSContact, or a .zip of them. It is checked in the background; nothing is written.")
            .query([
                must("book", Kind::Id, "Into which book."),
                must("name", Kind::Text, "What the file is called."),
            ])
            .takes_octets(FILE_BYTES_MAX)
            .never_again("An upload is not kept to be compared with another, so this cannot be answered again. Leave the key out; an upload too many writes nothing and can be removed.")
            .gives::<Import>(StatusCode::CREATED, "It was uploaded.")
            .by(upload::upload),
        Operation::get(ONE, "getImport", "How far an import is")
            .gives::<Import>(StatusCode::OK, "The import.")
            .by(read::get),
        Operation::patch(ONE, "mapImport", "Say what the columns are")
            .about("Columns that are left out stay as they are. The rows are checked anew.")
            .takes_change::<ColumnPatch>()
            .gives::<Import>(StatusCode::OK, "As it is now.")
            .by(map::map),
        Operation::delete(ONE, "removeImport", "Forget an import")
            .about("What it wrote stays; one that is running stops.")
            .gives_nothing("It is gone.")
            .by(run::remove),
        Operation::get("/v1/imports/{id}/rows", "listImportRows", "Rows and what becomes of them")
            .query([
                may("verdict", Kind::OneOf(VERDICTS), "Only rows of this verdict."),
                may("limit", Kind::Number, "Rows of a page, 1 to 200; 50 when absent."),
                may("cursor", Kind::Text, "Where the page begins: `next` of the one before."),
            ])
            .gives::<RowPage>(StatusCode::OK, "A page.")
            .by(rows::list),
        Operation::put("/v1/imports/{id}/rows/{row}/decision", "decideImportRow", "Decide about a row")
            .takes_change::<Decide>()
            .gives::<Row>(StatusCode::OK, "The row.")
            .by(decide::decide),
        Operation::post("/v1/imports/{id}/run", "runImport", "Write what was checked")
            .about("Goes on in the background; `batch` is what undo takes back.")
            .takes::<Run>()
            .gives::<Import>(StatusCode::ACCEPTED, "It runs.")
            .by(run::run),
        Operation::post("/v1/imports/{id}/cancel", "cancelImport", "Stop an import")
            .about("What was written until then can be undone.")
            .gives::<Import>(StatusCode::OK, "As it is now.")
            .by(run::cancel),
        Operation::get("/v1/imports/{id}/report", "getImportReport", "What became of each row")
            .gives_media(StatusCode::OK, "text/csv", "A table.")
            .by(read::report),
    ]
}
