//! The members of a label: their cards say another name, or none, or they go to the bin.

use serde::{Deserialize, Serialize};

use crate::{
    Error, Result, Services,
    account::Caller,
    card::model::Set,
    contact::{Filter, Sort, plan::Current, save::edited},
    history::{
        chunk::Item,
        reversal::{Left, Piece},
    },
    id::{BookId, ContactId, LabelId},
    write::{Act, Effect},
};

/// What happens to the members of a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relabel {
    /// Where.
    pub(crate) book: BookId,
    /// Of which label.
    pub(crate) label: LabelId,
    /// What its members' cards call it.
    pub(crate) from: String,
    /// What they shall call it; `None`: they lose it.
    pub(crate) to: Option<String>,
    /// They go to the bin instead.
    pub(crate) bin: bool,
    /// The label goes when nobody carries it any more.
    pub(crate) remove: bool,
}

impl Relabel {
    /// What follows when every member had its turn.
    pub(crate) fn last(&self, caller: &Caller) -> Result<Vec<Effect>> {
        if !self.remove {
            return Ok(Vec::new());
        }
        Ok(vec![Effect::RemoveLabel { from: caller.may_edit(self.book)?, id: self.label }])
    }
}

/// Members behind `after`, by id; and whether there are more.
pub(crate) async fn page(
    services: &Services,
    caller: &Caller,
    relabel: &Relabel,
    after: Option<ContactId>,
    limit: usize,
) -> Result<(Vec<Item>, bool)> {
    let Ok(scope) = caller.scope().only(relabel.book) else { return Ok((Vec::new(), false)) };
    let after = after.map(|id| id.0.as_bytes().to_vec());
    let filter = Filter { label: Some(relabel.label), sort: Sort::Id, after, limit, ..Filter::default() };
    let page = services.database.list(&scope, &filter).await?;
    let item = |id| Item::Member(relabel.clone(), id);
    Ok((page.items.into_iter().map(|line| item(line.id)).collect(), page.more))
}

/// What one member needs.
pub(crate) async fn relabelled(
    services: &Services,
    caller: &Caller,
    relabel: &Relabel,
    id: ContactId,
) -> Result<Piece> {
    let Some(stored) = services.database.contact(caller.scope(), id).await? else { return Ok(Piece::default()) };
    let current = Current::any(services, caller, id).await?;
    let is_member = stored.labels.contains(&relabel.label) && stored.book == relabel.book;
    if current.row.deleted_at.is_some() || !is_member || stored.revision != current.row.revision {
        // Changed between the two reads: the list is asked again before the label goes.
        return Ok(Piece::default());
    }
    if relabel.bin {
        return Ok(Piece::effect(current.binned(Act::Label)));
    }
    let now = current.card.model_light();
    let mut wanted = now.clone();
    let at = stored.labels.iter().position(|label| *label == relabel.label);
    wanted.keywords = renamed(&now.keywords, relabel, at.filter(|_| stored.labels.len() == now.keywords.len()));
    let mut piece = Piece::default();
    match edited(&current.card, &now, &wanted, services.clock.now()) {
        Ok(Some(card)) => piece.effects.push(current.saved(&card, Act::Label)),
        Ok(None) => {}
        Err(Error::Invalid { why, .. } | Error::TooLarge { why }) => piece.left.push(Left::whole(id, why)),
        Err(error) => return Err(error),
    }
    Ok(piece)
}

/// The names with the label's one replaced. A card may call it by an earlier name: then its place says which it is.
fn renamed(names: &Set, relabel: &Relabel, at: Option<usize>) -> Set {
    let mut out = Set::with_capacity(names.len());
    for (n, name) in names.keys().enumerate() {
        let is_it = *name == relabel.from || at == Some(n);
        match (is_it, &relabel.to) {
            (true, Some(to)) => drop(out.insert(to.clone(), true)),
            (true, None) => {}
            (false, _) => drop(out.insert(name.clone(), true)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Set {
        list.iter().map(|name| ((*name).to_owned(), true)).collect()
    }

    fn relabel(to: Option<&str>) -> Relabel {
        let nil = uuid::Uuid::nil();
        let to = to.map(str::to_owned);
        Relabel { book: BookId(nil), label: LabelId(nil), from: "Old".into(), to, bin: false, remove: false }
    }

    #[test]
    fn a_name_is_replaced_in_its_place_and_never_doubled() {
        let out = |list: &[&str], to, at| renamed(&names(list), &relabel(to), at).into_keys().collect::<Vec<_>>();
        assert_eq!(out(&["A", "Old", "B"], Some("New"), None), ["A", "New", "B"]);
        assert_eq!(out(&["Old", "New"], Some("New"), None), ["New"]);
        assert_eq!(out(&["A", "Old"], None, None), ["A"]);
        assert_eq!(out(&["A", "Ancient"], None, Some(1)), ["A"], "an earlier name is found by its place");
        assert_eq!(out(&["A"], Some("New"), None), ["A"]);
    }
}
