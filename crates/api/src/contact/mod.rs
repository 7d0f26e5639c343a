//! Contacts over HTTP.

mod card;
pub(crate) mod create;
mod delete;
mod get;
pub(crate) mod list;
mod mark;
mod photo;
mod relocate;
pub(crate) mod save;
pub(crate) mod shape;
pub(crate) mod versions;

use http::StatusCode;

use crate::route::{CONTACT_BODY, Kind, Operation, may};
use shape::{ContactPage, Envelope, NewEnvelope, Patched, Place, Replaced, VersionPage};

const ONE: &str = "/v1/contacts/{id}";

pub(crate) fn operations() -> Vec<Operation> {
    let mut all = vec![
        Operation::get("/v1/contacts", "listContacts", "List or search contacts")
            .about("Without `q` in the order of `sort`, hidden contacts left out unless asked for; with `q` best first, counted to 1,000, and narrowed by `label` and `book` only.")
            .query([
                may("q", Kind::Text, "What the search box takes: words, phrases, numbers, `label:` `has:` `no:` `book:`."),
                may("label", Kind::Id, "Only with this label."),
                may("book", Kind::Id, "Only of this book."),
                may("starred", Kind::Flag, "Only with a star, or only without."),
                may("hidden", Kind::Flag, "Only hidden ones; false when absent."),
                may("sort", Kind::OneOf(&["given", "family", "company", "updated", "id"]), "The order; `given` when absent."),
                may("limit", Kind::Number, "Lines of a page, 1 to 1,000; 50 when absent."),
                may("cursor", Kind::Text, "Where the page begins: `next` of the one before."),
            ])
            .gives::<ContactPage>(StatusCode::OK, "A page.")
            .cached()
            .by(list::list),
        Operation::post("/v1/contacts", "createContact", "Make a contact")
            .about("`id` may be chosen, as a UUID version 7: repeated by someone who may see it, the answer is the existing contact (200).")
            .takes::<NewEnvelope>()
            .up_to(CONTACT_BODY)
            .in_batch()
            .gives::<Envelope>(StatusCode::CREATED, "It was made.")
            .gives::<Envelope>(StatusCode::OK, "It was there already.")
            .by(create::create),
    ];
    all.extend(one());
    all.extend(beneath());
    all
}

fn one() -> Vec<Operation> {
    vec![
        Operation::get(ONE, "getContact", "Read a contact")
            .about("Also one in the bin. The ETag's part before the dot is the revision.")
            .gives::<Envelope>(StatusCode::OK, "The contact.")
            .cached()
            .by(get::get),
        Operation::put(ONE, "replaceContact", "Replace a contact")
            .about("The card shall say exactly this; what the body leaves out of the envelope stays.")
            .takes_change::<Replaced>()
            .up_to(CONTACT_BODY)
            .seen()
            .in_batch()
            .gives::<Envelope>(StatusCode::OK, "As it is now.")
            .by(save::replace),
        Operation::patch(ONE, "patchContact", "Change a contact")
            .about("A JSON Merge Patch (RFC 7396). A member that is edited gets a new id, told in the answer.")
            .takes_change::<Patched>()
            .up_to(CONTACT_BODY)
            .seen()
            .in_batch()
            .gives::<Envelope>(StatusCode::OK, "As it is now.")
            .by(save::patch),
        Operation::delete(ONE, "deleteContact", "Put a contact into the bin")
            .seen()
            .in_batch()
            .gives_nothing("It is in the bin for 30 days.")
            .by(delete::delete),
    ]
}

fn beneath() -> Vec<Operation> {
    vec![
        Operation::put("/v1/contacts/{id}/star", "starContact", "Give a contact your star")
            .in_batch()
            .gives_nothing("It has your star.")
            .by(mark::star),
        Operation::delete("/v1/contacts/{id}/star", "unstarContact", "Take your star away")
            .in_batch()
            .gives_nothing("It has no star of yours.")
            .by(mark::unstar),
        Operation::put("/v1/contacts/{id}/hidden", "hideContact", "Hide a contact from your list")
            .in_batch()
            .gives_nothing("It is hidden.")
            .by(mark::hide),
        Operation::delete("/v1/contacts/{id}/hidden", "showContact", "Show a hidden contact again")
            .in_batch()
            .gives_nothing("It is shown.")
            .by(mark::show),
        Operation::put("/v1/contacts/{id}/book", "moveContact", "Move a contact to another book")
            .about("Its history follows; its labels are found or made there by name.")
            .takes_change::<Place>()
            .seen()
            .in_batch()
            .gives::<Envelope>(StatusCode::OK, "As it is now.")
            .by(relocate::relocate),
        Operation::get("/v1/contacts/{id}/versions", "listVersions", "A contact's history")
            .about("Newest first, each with what it changed.")
            .query([
                may("limit", Kind::Number, "Versions of a page, 1 to 100; 20 when absent."),
                may("cursor", Kind::Text, "Where the page begins: `next` of the one before."),
            ])
            .gives::<VersionPage>(StatusCode::OK, "A page.")
            .by(versions::list),
        Operation::post("/v1/contacts/{id}/versions/{modseq}/restore", "putVersionBack", "Put an earlier version back")
            .seen()
            .in_batch()
            .gives::<Envelope>(StatusCode::OK, "As it is now.")
            .by(versions::put_back),
        Operation::get("/v1/contacts/{id}/photo", "getPhoto", "A contact's photo")
            .about("JPEG, PNG, GIF, WebP or AVIF by its first octets. With `v` of the summary it may be kept for a year.")
            .query([may("v", Kind::Text, "The version that is wanted: `photo` of the summary.")])
            .gives_media(StatusCode::OK, "image/*", "The image.")
            .by(photo::get),
        Operation::get("/v1/contacts/{id}/card", "getCard", "A contact as vCard")
            .about("The stored bytes when their version is the one asked for (`Accept: text/vcard; version=4.0`), else converted. 3.0 when nothing is asked.")
            .gives_media(StatusCode::OK, "text/vcard", "The card.")
            .by(card::get),
    ]
}
