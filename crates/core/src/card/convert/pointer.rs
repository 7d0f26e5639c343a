//! Pointers name members by ids that hash their values; a value said another way has another id, and its pointers follow.

use std::collections::HashMap;

use super::{Converted, line::Line, made};
use crate::card::{Card, Version, pointer, read::Weight, text};

fn is_pointer(line: &Line) -> bool {
    matches!(line.key.as_str(), "JSPROP" | "X-ROLO-JSPROP")
}

/// The converted card with its pointers on the members they were on.
pub(super) fn follow(card: &Card, mut lines: Vec<Line>, converted: Converted, to: Version) -> Converted {
    if !lines.iter().any(is_pointer) {
        return converted;
    }
    let old = card.reading(Weight::Light);
    if old.pointed.is_empty() {
        return converted;
    }
    let mut said: HashMap<usize, Vec<_>> = HashMap::new();
    for source in &old.sources {
        said.entry(source.line).or_default().push(source);
    }
    let mut ids: HashMap<(&str, &str), String> = HashMap::new();
    for source in converted.card.reading(Weight::Light).sources {
        for was in converted.from[source.line].iter().filter_map(|line| said.get(line)).flatten() {
            if was.field == source.field && was.nth == source.nth {
                ids.entry((was.field, &was.id)).or_insert_with(|| source.id.clone());
            }
        }
    }
    for line in lines.iter_mut().filter(|line| is_pointer(line)) {
        repoint(line, &ids, to);
    }
    made(&lines, to).unwrap_or(converted)
}

fn repoint(line: &mut Line, ids: &HashMap<(&str, &str), String>, to: Version) {
    let by_param = line.key == "JSPROP";
    let parts = text::components(&line.value, to);
    let own = if by_param { line.param("JSPTR") } else { parts.first().map(|list| list.join(",")) };
    let Some(mut path) = own.map(|own| pointer::steps(&own)) else { return };
    let Some(at) = pointer::holder(&path).filter(|depth| *depth > 1).map(|depth| depth - 1) else { return };
    let field = path[..at].join("/");
    let Some(id) = ids.get(&(field.as_str(), path[at].as_str())).cloned() else { return };
    path[at] = id;
    let pointer = pointer::written(&path);
    if by_param {
        line.take("JSPTR");
        line.put("JSPTR", &pointer);
    } else {
        let json = parts.get(1).map(|list| list.join(",")).unwrap_or_default();
        line.value = format!("{};{}", text::escaped(&pointer, to), text::escaped(&json, to));
    }
}
