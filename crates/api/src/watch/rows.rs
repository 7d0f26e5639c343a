//! What the row cache came to, in the text format of Prometheus.

use std::fmt::Write as _;

use rolo_core::contracts::cache::Figure;

/// All figures as text; kinds nobody asked for are left out.
pub(crate) fn text(technology: &str, figures: &[Figure]) -> String {
    let mut text = String::new();
    write(&mut text, technology, figures).map(|()| text).unwrap_or_default()
}

fn write(text: &mut String, technology: &str, figures: &[Figure]) -> std::fmt::Result {
    writeln!(
        text,
        "# HELP rolo_row_cache_info What the row cache is made of.\n# TYPE rolo_row_cache_info gauge\n\
         rolo_row_cache_info{{technology=\"{technology}\"}} 1\n\
         # HELP rolo_row_cache_total Questions to the row cache and rows kept in it.\n# TYPE rolo_row_cache_total counter"
    )?;
    for figure in figures {
        let Figure { kind, hits, shared, misses, fills, late } = *figure;
        for (result, count) in [("hit", hits), ("shared", shared), ("miss", misses), ("fill", fills), ("late", late)] {
            if count > 0 {
                writeln!(text, "rolo_row_cache_total{{kind=\"{kind}\",result=\"{result}\"}} {count}")?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_by_kind() {
        let figures =
            [Figure { kind: "card", hits: 3, ..Figure::default() }, Figure { kind: "books", ..Figure::default() }];
        let text = text("redis", &figures);
        assert!(text.contains("rolo_row_cache_info{technology=\"redis\"} 1\n"));
        assert!(text.ends_with("rolo_row_cache_total{kind=\"card\",result=\"hit\"} 3\n"), "{text}");
    }
}
