//! The description of the API is what the router serves, and is committed.

use crate::support::{House, schema};

/// `ROLO_UPDATE=1 cargo test -p rolo-api` writes the file anew.
#[test]
fn the_committed_description_is_the_one_the_handlers_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let now = rolo_api::Api::openapi();
    if std::env::var_os("ROLO_UPDATE").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == now,
        "crates/api/openapi.json is not what the handlers say: run ROLO_UPDATE=1 cargo test -p rolo-api openapi"
    );
}

#[test]
fn the_description_is_openapi_3_1() {
    assert_eq!(schema::DOCUMENT["openapi"], "3.1.0");
    let references = schema::DOCUMENT.to_string();
    for reference in references.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(schema::DOCUMENT.pointer(pointer).is_some(), "{pointer} is nowhere");
    }
    for operation in schema::operations() {
        for part in operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            assert!(operation.has_parameter("path", part), "{} does not describe {part}", operation.id);
        }
    }
}

/// The routes of the contract (`contract.md` §5), one by one: the description may say more, never less.
#[tokio::test]
async fn every_route_of_the_contract_is_there() {
    const ROUTES: &str = "GET /v1/contacts; POST /v1/contacts; GET PUT PATCH DELETE /v1/contacts/{id}; PUT DELETE /v1/contacts/{id}/star; \
        PUT DELETE /v1/contacts/{id}/hidden; PUT /v1/contacts/{id}/book; GET /v1/contacts/{id}/versions; \
        POST /v1/contacts/{id}/versions/{modseq}/restore; GET /v1/contacts/{id}/photo; GET /v1/contacts/{id}/card; GET DELETE /v1/bin; \
        POST /v1/bin/{id}/restore; DELETE /v1/bin/{id}; GET POST /v1/batches; GET /v1/batches/{id}; GET /v1/batches/{id}/items; POST /v1/merges; POST /v1/merges/preview; POST /v1/undo; \
        GET POST /v1/labels; PATCH DELETE /v1/labels/{id}; POST /v1/labels/{id}/merge; GET POST /v1/books; PATCH DELETE /v1/books/{id}; \
        POST /v1/books/{id}/moment; GET /v1/books/{id}/access; PUT DELETE /v1/books/{id}/access/{account}; GET /v1/snapshot; GET /v1/changes; GET /v1/events; GET PATCH /v1/organisations/{id}; GET /v1/organisations/{id}/members; GET PATCH /v1/account; \
        PUT /v1/account/password; POST GET /v1/sessions; DELETE /v1/sessions/{session}; GET POST /v1/tokens; DELETE /v1/tokens/{id}; \
        GET POST /v1/setup; PUT /v1/setup/backup; POST /v1/setup/restore; GET /v1/backups; GET /v1/jobs/{id}; GET POST /v1/imports; GET PATCH DELETE /v1/imports/{id}; GET /v1/imports/{id}/rows; \
        PUT /v1/imports/{id}/rows/{row}/decision; POST /v1/imports/{id}/run; POST /v1/imports/{id}/cancel; \
        GET /v1/imports/{id}/report; GET POST /v1/exports; GET /v1/openapi.json; GET /v1/docs; GET /healthz; GET /readyz; GET /metrics; GET /version";
    for route in ROUTES.split("; ") {
        let (methods, path) = route.trim().rsplit_once(' ').unwrap();
        for method in methods.split(' ') {
            let described = &schema::DOCUMENT["paths"][path][method.to_lowercase()];
            assert!(described.is_object(), "{method} {path} is not described");
        }
    }
    let house = House::empty().await;
    let served = house.get("/v1/openapi.json").await.expect(200);
    assert_eq!(served.json(), *schema::DOCUMENT);
}
