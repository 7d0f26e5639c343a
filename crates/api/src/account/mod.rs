//! The caller's own account over HTTP.

mod get;
mod password;
mod save;
mod shape;

use http::StatusCode;

use crate::route::Operation;
use shape::{Account, AccountPatch, PasswordChange};

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/account", "getAccount", "Who is signed in")
            .gives::<Account>(StatusCode::OK, "Your account and its settings.")
            .by(get::get),
        Operation::patch("/v1/account", "patchAccount", "Change your name or settings")
            .about("A JSON Merge Patch (RFC 7396): a setting that is `null` is left to the browser.")
            .takes_change::<AccountPatch>()
            .seen()
            .in_batch()
            .gives::<Account>(StatusCode::OK, "As it is now.")
            .by(save::patch),
        Operation::put("/v1/account/password", "changePassword", "Change your password")
            .about("Every session and token ends. The browser that asks is signed in anew; a token that asks ends too.")
            .takes::<PasswordChange>()
            .never_again(
                "The session that is answered is not kept, so this cannot be answered again. Leave the key out.",
            )
            .gives_nothing("It was changed.")
            .by(password::change),
    ]
}
