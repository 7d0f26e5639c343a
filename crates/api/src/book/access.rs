//! Who may do what in a book.

use rolo_core::{account::Right, book::access, id::AccountId};

use super::shape::{AccessLine, AccessList, AccessRight};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    contact::shape::Person,
};

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let rows = access::list(api.services(), ask.caller()?, ask.id("id")?).await?;
    let items = rows.into_iter().map(|row| AccessLine {
        account: Person { id: row.account.0, name: row.name },
        access: row.right.map(Into::into),
    });
    Answer::json(&AccessList { items: items.collect() })
}

pub(super) async fn set(api: Api, mut ask: Ask) -> Done {
    let AccessRight { access } = ask.json().await?;
    put(&api, &ask, Some(access.into())).await
}

pub(super) async fn remove(api: Api, ask: Ask) -> Done {
    put(&api, &ask, None).await
}

async fn put(api: &Api, ask: &Ask, right: Option<Right>) -> Done {
    let account: AccountId = ask.id("account")?;
    let written = access::set(api.services(), ask.caller()?, ask.id("id")?, account, right).await?;
    Ok(Answer::nothing().in_batch(written.batch))
}
