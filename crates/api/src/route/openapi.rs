//! The description of the API: OpenAPI 3.1, drawn from the table of operations and the types the handlers read and answer.

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use super::{Gives, Kind, Named, Once, Operation, Param, Takes, Who};
use crate::answer::Problem;

/// The document of these operations.
pub(crate) fn document(chapters: &[(&'static str, Vec<Operation>)]) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    keep(&mut schemas, &Named::of::<Problem>());
    for (chapter, operations) in chapters {
        for operation in operations {
            if let Takes::Json { schema, .. } = &operation.takes {
                keep(&mut schemas, schema);
            }
            operation
                .gives
                .iter()
                .filter_map(|gives| gives.schema.as_ref())
                .for_each(|named| keep(&mut schemas, named));
            let item = paths.entry(operation.path).or_insert_with(|| json!({}));
            item[operation.method.as_str().to_ascii_lowercase()] = described(chapter, operation);
        }
    }
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rolo",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The address book you own.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/" }],
        "tags": chapters.iter().map(|(chapter, _)| json!({ "name": chapter })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "__Host-rolo",
                    "description": "The browser's session; called `rolo` without TLS. Writes need Origin or Sec-Fetch-Site of Rolo's own pages.",
                },
                "token": { "type": "http", "scheme": "bearer", "description": "An API token." },
            },
        },
    })
}

fn keep(schemas: &mut Map<String, Value>, named: &Named) {
    for (name, schema) in &named.all {
        if !schemas.contains_key(name) {
            schemas.insert(name.clone(), value_of(schema));
        }
    }
}

fn value_of(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or(Value::Bool(true))
}

fn described(chapter: &str, operation: &Operation) -> Value {
    let mut said = Map::new();
    said.insert("operationId".into(), operation.id.into());
    said.insert("tags".into(), json!([chapter]));
    said.insert("summary".into(), operation.title.into());
    if !operation.about.is_empty() {
        said.insert("description".into(), operation.about.into());
    }
    said.insert(
        "security".into(),
        match operation.who {
            Who::Anyone => json!([]),
            Who::Account => json!([{ "session": [] }, { "token": [] }]),
            Who::Operator => json!([{}, { "session": [] }, { "token": [] }]),
        },
    );
    said.insert("parameters".into(), parameters(operation).into());
    if let Some(body) = request_body(&operation.takes) {
        said.insert("requestBody".into(), body);
    }
    said.insert("responses".into(), responses(operation));
    Value::Object(said)
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut all: Vec<Value> = operation.path.split('/').filter_map(in_path).collect();
    all.extend(operation.query.iter().map(in_query));
    if operation.seen {
        all.push(json!({
            "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" },
            "description": "The ETag that was seen, or * for any.",
        }));
    }
    if operation.once == Once::Kept {
        all.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
            "description": "The same key and body within 24 hours is answered again, not done again.",
        }));
    }
    all
}

fn in_path(part: &str) -> Option<Value> {
    let name = part.strip_prefix('{')?.strip_suffix('}')?;
    let schema = match name {
        "modseq" | "row" => json!({ "type": "integer", "minimum": 0 }),
        "session" => json!({ "type": "string", "description": "A session's id, or `current`." }),
        _ => json!({ "type": "string", "format": "uuid" }),
    };
    Some(json!({ "name": name, "in": "path", "required": true, "schema": schema }))
}

fn in_query(param: &Param) -> Value {
    let schema = match param.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Id => json!({ "type": "string", "format": "uuid" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "integer", "minimum": 1 }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::OneOf(words) => json!({ "type": "string", "enum": words }),
    };
    json!({ "name": param.name, "in": "query", "required": param.required, "schema": schema, "description": param.about })
}

fn request_body(takes: &Takes) -> Option<Value> {
    let content: Map<String, Value> = match takes {
        Takes::Nothing => return None,
        Takes::Json { schema, types } => {
            types.iter().map(|media| ((*media).to_owned(), json!({ "schema": reference(schema) }))).collect()
        }
        Takes::Octets => Map::from_iter([("application/octet-stream".to_owned(), json!({}))]),
    };
    Some(json!({ "required": true, "content": content }))
}

fn responses(operation: &Operation) -> Value {
    let mut all = Map::new();
    for gives in &operation.gives {
        let status = gives.status.as_str();
        let known = all.entry(status).or_insert_with(|| json!({ "description": gives.about }));
        if !gives.media.is_empty() {
            known["content"][gives.media] = content(gives);
        }
        if operation.batch && gives.status.is_success() {
            known["headers"] = json!({ "Rolo-Batch": {
                "description": "The batch this write belongs to: what undo takes back. Left out when nothing had to be changed.",
                "schema": { "type": "string", "format": "uuid" },
            } });
        }
    }
    if operation.cached {
        all.insert("304".into(), json!({ "description": "What `If-None-Match` names is still so." }));
    }
    all.insert(
        "default".into(),
        json!({
            "description": "It was not done.",
            "content": { "application/problem+json": { "schema": reference(&Named::of::<Problem>()) } },
        }),
    );
    Value::Object(all)
}

fn content(gives: &Gives) -> Value {
    gives.schema.as_ref().map_or_else(|| json!({}), |named| json!({ "schema": reference(named) }))
}

fn reference(named: &Named) -> Value {
    json!({ "$ref": format!("#/components/schemas/{}", named.name) })
}
