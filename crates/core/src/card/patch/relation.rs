//! A relation changed: it may stand in several properties, one for each label, and in a link.

use super::{Patch, typed};
use crate::{
    Result,
    card::{
        Change,
        lexer::NO_GROUP,
        model::Relation,
        param::Meta,
        relative, text,
        write::{Draft, Said, other},
    },
};

impl Patch<'_> {
    /// A relation may stand in several properties, one for each label, and in a link.
    pub(super) fn relation(&mut self, change: &Change) -> Result<()> {
        let version = self.version();
        let key = change.id.clone().unwrap_or_default();
        let after = typed::<Relation>(change.after.as_ref())?;
        let lines = self.lines_of("relatedTo", &key);
        let mut wanted = after.as_ref().map(|one| other::relation(&key, one, version)).unwrap_or_default();
        self.unsayable |= wanted.iter().any(|draft| draft.name == "X-ROLO-LINK");
        let mut open = Vec::new();
        for line in lines {
            let now = self.related_now(line);
            match wanted.iter().position(|draft| *draft == now) {
                Some(at) => {
                    wanted.remove(at);
                }
                None => open.push((line, now)),
            }
        }
        for (line, now) in open {
            match wanted.iter().position(|draft| {
                draft.name.eq_ignore_ascii_case(&now.name) && draft.name.eq_ignore_ascii_case(&self.sheet.name(line))
            }) {
                Some(at) => {
                    let new = wanted.remove(at);
                    self.patch(line, None, Some(&now), &new);
                }
                None => self.remove(line),
            }
        }
        for draft in wanted {
            self.add(&draft, None);
        }
        Ok(())
    }

    /// What one relation property says now, as the draft that would say it.
    fn related_now(&self, line: usize) -> Draft {
        let (card, version) = (self.sheet.card, self.version());
        let property = card.lexed.property(line);
        let meta = Meta::of(property.params);
        let name = self.sheet.name(line);
        let value = text::decoded(&property, &meta);
        if name == "X-ROLO-LINK" {
            return Draft::new("X-ROLO-LINK", Said::Structured(text::components(&value, version)));
        }
        let beside =
            (property.group != NO_GROUP).then(|| self.reading.companions[property.group as usize].label).flatten();
        let written = beside.map(|line| card.text(&card.lexed.property(line)));
        let (kinds, label) = relative::relation(&meta.types, written.as_deref());
        let uri = name == "RELATED" && !meta.value_is("text");
        let said = if uri {
            Said::Raw(value.trim().to_owned())
        } else {
            Said::Text(text::unescaped(&value, version).trim().to_owned())
        };
        let mut draft = Draft::new(name, said);
        let carriers = relative::carriers(version, &kinds, label.as_deref());
        if let Some(first) = carriers.into_iter().next() {
            draft.carry(first);
        }
        if meta.value_is("text") {
            draft = draft.param("VALUE", Some("text".to_owned()));
        }
        draft
    }
}
