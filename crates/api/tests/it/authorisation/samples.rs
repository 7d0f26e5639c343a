//! Requests of every operation that name something of `v`, at every place an id can stand; `o` is what the asker owns.
//! With `v` and `o` the same, each does what it says.

use serde_json::{Value, json};

use super::Target;
use crate::support::{CODE, PASSWORD};

/// One request.
pub(super) struct Sample {
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// The victim's id in the path.
    pub(super) foreign_id: String,
    /// Whether somebody who does not see the victim's data must be refused.
    pub(super) refused: bool,
}

/// Operations whose 2xx a house with people in it cannot show: `session::` and `restore::` show them.
pub(super) const OPENED_ELSEWHERE: &[&str] = &["getSetUp", "setUp", "uploadBackup", "restoreBackup"];

/// Asks for what is one's own.
fn own(path: impl Into<String>) -> Sample {
    Sample { path: path.into(), body: None, foreign_id: String::new(), refused: false }
}

/// Names something of the victim's in the query or the body.
fn foreign(path: impl Into<String>) -> Sample {
    Sample { refused: true, ..own(path) }
}

/// Names something of the victim's in the path.
fn at(id: &str, path: impl Into<String>) -> Sample {
    Sample { foreign_id: id.to_owned(), ..foreign(path) }
}

impl Sample {
    fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

pub(super) fn samples(operation: &str, v: &Target, o: &Target) -> Vec<Sample> {
    let contact = |rest: &str| at(&v.contact, format!("/v1/contacts/{}{rest}", v.contact));
    let mine = |rest: &str| foreign(format!("/v1/contacts/{}{rest}", o.contact));
    let card = json!({ "name": { "full": "Somebody" } });
    match operation {
        "listContacts" => vec![
            own("/v1/contacts"),
            own("/v1/contacts?q=kanari"),
            own("/v1/contacts?q=label%3Akanari"),
            foreign(format!("/v1/contacts?label={}", v.label)),
            foreign(format!("/v1/contacts?book={}", v.book)),
            foreign(format!("/v1/contacts?q=kanari&book={}", v.book)),
            foreign(format!("/v1/contacts?q=kanari&label={}", v.label)),
            foreign(format!("/v1/contacts?limit=1&cursor={}", v.cursor)),
        ],
        "createContact" => vec![
            foreign("/v1/contacts").with(json!({ "book": v.book, "card": card })),
            foreign("/v1/contacts").with(json!({ "book": o.book, "labels": [o.label, v.label], "card": card })),
        ],
        "getContact" => vec![contact(""), at(&v.binned, format!("/v1/contacts/{}", v.binned))],
        "replaceContact" => vec![
            contact("").with(json!({ "card": card })),
            mine("").with(json!({ "labels": [v.label], "card": card })),
            mine("").with(json!({ "book": v.spare, "card": card })),
        ],
        "patchContact" => vec![
            contact("").with(json!({ "card": { "titles": { "t": { "name": "Boss" } } } })),
            contact("").with(json!({ "starred": true })),
            mine("").with(json!({ "labels": [v.other_label] })),
        ],
        "deleteContact" => vec![contact("")],
        "starContact" | "unstarContact" => vec![contact("/star")],
        "hideContact" | "showContact" => vec![contact("/hidden")],
        "moveContact" => {
            vec![contact("/book").with(json!({ "book": o.spare })), mine("/book").with(json!({ "book": v.book }))]
        }
        "listVersions" => vec![
            contact("/versions"),
            contact(&format!("/versions?limit=1&cursor={}", v.version_cursor)),
            mine(&format!("/versions?limit=1&cursor={}", v.version_cursor)),
        ],
        "putVersionBack" => vec![contact(&format!("/versions/{}/restore", v.modseq))],
        "getPhoto" => vec![contact("/photo")],
        "getCard" => vec![contact("/card")],
        "listBin" => vec![own("/v1/bin"), foreign(format!("/v1/bin?limit=1&cursor={}", v.bin_cursor))],
        "restoreContact" => vec![at(&v.binned, format!("/v1/bin/{}/restore", v.binned))],
        "purgeContact" => vec![at(&v.binned, format!("/v1/bin/{}", v.binned))],
        "emptyBin" => vec![own("/v1/bin")],
        _ => of_labels(operation, v, o)
            .or_else(|| of_many(operation, v, o))
            .or_else(|| of_files(operation, v, o))
            .unwrap_or_else(|| of_rest(operation, v, o)),
    }
}

fn of_labels(operation: &str, v: &Target, o: &Target) -> Option<Vec<Sample>> {
    let label = |rest: &str| at(&v.label, format!("/v1/labels/{}{rest}", v.label));
    let book = |rest: &str| at(&v.book, format!("/v1/books/{}{rest}", v.book));
    Some(match operation {
        "listLabels" => vec![own("/v1/labels")],
        "createLabel" => vec![foreign("/v1/labels").with(json!({ "book": v.book, "name": "New" }))],
        "getLabel" => vec![label("")],
        "patchLabel" => vec![label("").with(json!({ "name": "Renamed", "hue": 205 }))],
        "removeLabel" => vec![label("?contacts=true")],
        "mergeLabel" => vec![
            label("/merge").with(json!({ "into": v.other_label })),
            foreign(format!("/v1/labels/{}/merge", o.other_label)).with(json!({ "into": v.label })),
        ],
        "listBooks" => vec![own("/v1/books")],
        "createBook" => vec![own("/v1/books").with(json!({ "name": "Another" }))],
        "getBook" => vec![book("")],
        "renameBook" => vec![book("").with(json!({ "name": "Renamed" }))],
        "removeBook" => vec![at(&v.spare, format!("/v1/books/{}", v.spare))],
        "goBack" => vec![
            book("/moment").with(json!({ "at": v.born })),
            book("/moment").with(json!({ "at": v.born, "dry_run": false })),
        ],
        "listAccess" => vec![book("/access")],
        "setAccess" => vec![
            book(&format!("/access/{}", v.member)).with(json!({ "access": "edit" })),
            book(&format!("/access/{}", o.member)).with(json!({ "access": "manage" })),
        ],
        "removeAccess" => vec![book(&format!("/access/{}", v.member))],
        _ => return None,
    })
}

fn of_many(operation: &str, v: &Target, o: &Target) -> Option<Vec<Sample>> {
    let batch = |atomic: bool, items: Value| {
        let sample = if atomic { foreign("/v1/batches") } else { own("/v1/batches") };
        sample.with(json!({ "atomic": atomic, "items": items }))
    };
    let merges = |path: &str| {
        vec![
            foreign(path).with(json!({ "contacts": [v.contact, v.other] })),
            foreign(path).with(json!({ "contacts": [o.other, v.other] })),
        ]
    };
    Some(match operation {
        "listBatches" => vec![own("/v1/batches")],
        "getBatch" => vec![at(&v.batch, format!("/v1/batches/{}", v.batch))],
        "listBatchItems" => vec![
            at(&v.batch, format!("/v1/batches/{}/items", v.batch)),
            at(&v.many, format!("/v1/batches/{}/items?limit=1&cursor={}", v.many, v.content_cursor)),
            foreign(format!("/v1/batches/{}/items?limit=1&cursor={}", o.many, v.content_cursor)),
        ],
        "runBatch" => {
            let card = json!({ "name": { "full": "Somebody" } });
            let items = [
                json!({ "op": "star", "contact": v.contact }),
                json!({ "op": "patch", "contact": v.contact, "revision": "*", "card": { "notes": null } }),
                json!({ "op": "label", "contact": o.contact, "label": v.other_label }),
                json!({ "op": "label", "contact": v.contact, "label": o.other_label }),
                json!({ "op": "move", "contact": o.contact, "revision": "*", "book": v.spare }),
                json!({ "op": "create", "book": v.book, "card": card }),
                json!({ "op": "create", "book": o.book, "labels": [v.label], "card": card }),
                json!({ "op": "restore", "contact": v.binned }),
                json!({ "op": "delete", "contact": v.other, "revision": "*" }),
            ];
            let last = || json!({ "op": "star", "contact": o.other });
            let each = items.iter().map(|item| batch(true, json!([last(), item])));
            each.chain([batch(false, json!(items))]).collect()
        }
        "previewMerge" => merges("/v1/merges/preview"),
        "mergeContacts" => {
            let mut all = merges("/v1/merges");
            all.push(foreign("/v1/merges").with(json!({ "contacts": [o.contact, o.other], "into": v.contact })));
            all
        }
        "undo" => vec![
            foreign("/v1/undo").with(json!({ "batch": v.batch })),
            foreign("/v1/undo").with(json!({ "batch": v.batch, "contact": v.contact })),
            foreign("/v1/undo").with(json!({ "batch": o.batch, "contact": v.contact })),
        ],
        "getJob" => vec![at(&v.job, format!("/v1/jobs/{}", v.job))],
        _ => return None,
    })
}

fn of_files(operation: &str, v: &Target, o: &Target) -> Option<Vec<Sample>> {
    let import = |rest: &str| at(&v.import, format!("/v1/imports/{}{rest}", v.import));
    Some(match operation {
        "listImports" => vec![own("/v1/imports")],
        "createImport" => {
            vec![foreign(format!("/v1/imports?book={}&name=a.csv", v.book)).with(json!(["any octets do"]))]
        }
        "getImport" => vec![import("")],
        "mapImport" => vec![import("").with(json!({ "columns": [{ "index": 1, "field": null }] }))],
        "removeImport" => vec![import("")],
        "listImportRows" => vec![
            import("/rows"),
            import(&format!("/rows?limit=1&cursor={}", v.row_cursor)),
            foreign(format!("/v1/imports/{}/rows?limit=1&cursor={}", o.import, v.row_cursor)),
        ],
        "decideImportRow" => vec![
            import("/rows/1/decision").with(json!({ "decision": "skip" })),
            foreign(format!("/v1/imports/{}/rows/1/decision", o.import))
                .with(json!({ "decision": "update", "contact": v.contact })),
        ],
        "runImport" => vec![import("/run").with(json!({ "check": "new" }))],
        "cancelImport" => vec![import("/cancel")],
        "getImportReport" => vec![import("/report")],
        "exportContacts" => vec![
            own("/v1/exports?format=google-csv"),
            own("/v1/exports?format=vcard4"),
            own("/v1/exports?format=jscontact"),
            foreign(format!("/v1/exports?format=vcard3&label={}", v.label)),
            foreign(format!("/v1/exports?format=outlook-csv&contacts={},{}", o.contact, v.contact)),
        ],
        "exportChosen" => vec![
            foreign("/v1/exports").with(json!({ "format": "google-csv", "contacts": [v.contact] })),
            foreign("/v1/exports").with(json!({ "format": "vcard4", "contacts": [o.contact, v.other] })),
            foreign("/v1/exports").with(json!({ "format": "jscontact", "contacts": [v.binned] })),
        ],
        _ => return None,
    })
}

fn of_rest(operation: &str, v: &Target, o: &Target) -> Vec<Sample> {
    match operation {
        "getSnapshot" => vec![own("/v1/snapshot")],
        "listChanges" => vec![foreign(format!("/v1/changes?since={}", v.since))],
        "listenForChanges" => vec![own("/v1/events"), foreign(format!("/v1/events?since={}", v.since))],
        // The organisation itself is every member's to see.
        "getOrganisation" => {
            vec![Sample { refused: false, ..at(&v.organisation, format!("/v1/organisations/{}", v.organisation)) }]
        }
        "listMembers" => {
            let path = format!("/v1/organisations/{}/members", v.organisation);
            let refused = |sample| Sample { refused: false, ..sample };
            vec![
                refused(at(&v.organisation, &path)),
                refused(at(&v.organisation, format!("{path}?limit=1&cursor={}", v.member_cursor))),
                foreign(format!("/v1/organisations/{}/members?limit=1&cursor={}", o.organisation, v.member_cursor)),
            ]
        }
        "patchOrganisation" => {
            vec![
                at(&v.organisation, format!("/v1/organisations/{}", v.organisation))
                    .with(json!({ "details": { "about": "Us" } })),
            ]
        }
        "getAccount" => vec![own("/v1/account")],
        "patchAccount" => vec![own("/v1/account").with(json!({ "settings": { "theme": "dark" } }))],
        // Only the owner's round really changes it: everything the asker holds ends with it.
        "changePassword" => {
            let old = if std::ptr::eq(v, o) { PASSWORD } else { "not this one" };
            vec![own("/v1/account/password").with(json!({ "old": old, "new": "a very different long phrase" }))]
        }
        "signIn" => vec![own("/v1/sessions").with(json!({ "email": o.person.email, "password": PASSWORD }))],
        "getSetUp" => vec![own("/v1/setup")],
        "setUp" => {
            vec![
                own("/v1/setup")
                    .with(json!({ "code": CODE, "name": "Eve", "email": "eve@example.org", "password": PASSWORD })),
            ]
        }
        "uploadBackup" => vec![own("/v1/setup/backup")],
        "restoreBackup" => vec![own("/v1/setup/restore").with(json!({ "code": CODE, "passphrase": PASSWORD }))],
        "listSessions" => vec![own("/v1/sessions")],
        "endSession" => vec![at(&v.session, format!("/v1/sessions/{}", v.session))],
        "listTokens" => vec![own("/v1/tokens")],
        "createToken" => vec![own("/v1/tokens").with(json!({ "name": "Another" }))],
        "revokeToken" => vec![at(&v.token, format!("/v1/tokens/{}", v.token))],
        "getHealth" => vec![own("/healthz")],
        "getReadiness" => vec![own("/readyz")],
        "getMetrics" => vec![own("/metrics")],
        "getBackups" => vec![own("/v1/backups")],
        "getVersion" => vec![own("/version")],
        "getOpenApi" => vec![own("/v1/openapi.json")],
        "getReference" => vec![own("/v1/docs")],
        other => panic!("no sample of {other}: what can name something of somebody else's there?"),
    }
}
