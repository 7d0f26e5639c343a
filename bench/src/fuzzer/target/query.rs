//! What is typed into the search box, as far as it is understood without an index.

use rolo_core::{
    id::{BookId, BookKey, LabelId, OrganisationId},
    search::{Plan, Query},
};
use uuid::Uuid;

pub(crate) fn read(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let book = BookKey { organisation: OrganisationId(Uuid::nil()), book: BookId(Uuid::nil()) };
    for region in [None, Some("US"), Some("AT")] {
        let Ok(query) = Query::parse(&text, region) else { continue };
        let plan =
            Plan::new(&query, &[(book, "Home")], &[(LabelId(Uuid::nil()), "Family"), (LabelId(Uuid::nil()), "★")]);
        let needles = plan.terms.iter().chain(&plan.apart).flat_map(|term| term.readings.iter().flatten());
        for needle in needles {
            assert!(!needle.token.is_empty(), "an empty needle finds everything");
        }
    }
}
