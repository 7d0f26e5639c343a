//! Answers held against the description of the API.

use std::{collections::HashMap, sync::LazyLock};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::Reply;

/// The document.
pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&rolo_api::Api::openapi()).unwrap());

static VALIDATORS: LazyLock<HashMap<String, Validator>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                for (media, content) in response["content"].as_object().into_iter().flatten() {
                    if let Some(schema) = content.get("schema") {
                        let key = format!("{} {path} {status} {media}", method.to_uppercase());
                        all.insert(key, validator(schema));
                    }
                }
            }
        }
    }
    all
});

fn validator(schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = DOCUMENT["components"].clone();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

/// An operation of the document.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) said: Value,
}

/// Every operation, in order.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            let id = said["operationId"].as_str().unwrap().to_owned();
            all.push(Operation { id, method: method.to_uppercase(), path: path.clone(), said: said.clone() });
        }
    }
    all
}

impl Operation {
    /// Whether somebody must be signed in.
    pub(crate) fn needs_account(&self) -> bool {
        self.said["security"] == json!([{ "session": [] }, { "token": [] }])
    }

    pub(crate) fn has_parameter(&self, place: &str, name: &str) -> bool {
        self.said["parameters"].as_array().unwrap().iter().any(|one| one["in"] == place && one["name"] == name)
    }

    /// The schema of its JSON body, references followed once.
    pub(crate) fn body(&self) -> Option<&Value> {
        let content = self.said["requestBody"]["content"].as_object()?;
        let schema = content.values().next()?.get("schema")?;
        Some(followed(schema))
    }
}

/// What a reference means.
pub(crate) fn followed(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// Says how an answer differs from the description; `None` when it does not.
pub(crate) fn differs(operation: &Operation, reply: &Reply) -> Option<String> {
    let responses = &operation.said["responses"];
    let status = reply.status.to_string();
    let known = if responses.get(&status).is_some() { status.as_str() } else { "default" };
    if known == "default" && reply.status < 400 {
        return Some(format!("{} answers {status}, which is not described", operation.id));
    }
    let media = reply.header("content-type").split(';').next().unwrap().to_owned();
    let described = responses[known]["content"].as_object();
    if described.is_none_or(|content| content.is_empty()) {
        return (!reply.body.is_empty()).then(|| format!("{} {status} has a body that is not described", operation.id));
    }
    let fits = |name: &str| name == media || name.strip_suffix("/*").is_some_and(|kind| media.starts_with(kind));
    if !described.unwrap().keys().any(|name| fits(name)) {
        return Some(format!("{} {status} is {media}, which is not described", operation.id));
    }
    let key = format!("{} {} {known} {media}", operation.method, operation.path);
    let validator = VALIDATORS.get(&key)?;
    let errors: Vec<_> =
        validator.iter_errors(&reply.json()).map(|error| format!("{}: {error}", error.instance_path())).collect();
    (!errors.is_empty()).then(|| format!("{} {status}: {}", operation.id, errors.join("; ")))
}
