//! Sessions, tokens and the set-up of the first account over HTTP.

mod device;
mod list;
mod restore;
mod set_up;
mod shape;
mod sign_in;
mod sign_out;
mod token;

use http::{StatusCode, header};
use rolo_core::{account::Browser, contracts::restore::ARCHIVE_BYTES_MAX};

use crate::{
    ask::Ask,
    route::{Operation, Who},
};
use shape::{Made, NewToken, Restore, SessionList, SetUp, SetUpState, SignIn, TokenList};

pub(crate) use shape::ServiceState;

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/setup", "getSetUp", "Whether the first account can be made")
            .about("404 once there is an account.")
            .open(Who::Anyone)
            .gives::<SetUpState>(StatusCode::OK, "There is no account yet.")
            .by(set_up::get),
        Operation::post("/v1/setup", "setUp", "Make the first account")
            .about("Needs the one-time code that was printed at the start. Ten wrong tries end it.")
            .open(Who::Anyone)
            .takes::<SetUp>()
            .never_again("The first account is made once by its code. Leave the key out.")
            .gives_media(StatusCode::CREATED, "", "It was made and is signed in.")
            .by(set_up::post),
        Operation::put("/v1/setup/backup", "uploadBackup", "Upload a backup to be restored")
            .about("One archive in one file, as `rolo backup --export` writes it. The one-time code stands in the header `Rolo-Setup-Code`. Nothing is restored yet.")
            .open(Who::Anyone)
            .takes_octets(ARCHIVE_BYTES_MAX)
            .never_again("An archive that comes again takes the place of the one before. Leave the key out.")
            .gives_nothing("It is kept until it is restored, or another comes.")
            .by(restore::upload),
        Operation::post("/v1/setup/restore", "restoreBackup", "Restore the backup that was uploaded")
            .about("Refused before anything is touched when the passphrase does not open it or it is none of Rolo's. `GET /v1/setup` says how far it is, and is 404 once it is done; accounts and passwords are then those of the backup.")
            .open(Who::Anyone)
            .takes::<Restore>()
            .never_again("A backup is restored once, while nobody has an account. Leave the key out.")
            .gives_media(StatusCode::ACCEPTED, "", "It goes on in the background.")
            .by(restore::restore),
        Operation::post("/v1/sessions", "signIn", "Sign in")
            .about("JSON, or a form, which is answered by 303.")
            .open(Who::Anyone)
            .takes::<SignIn>()
            .never_again("A session's secret is not kept, so this cannot be answered again. Leave the key out and sign in again.")
            .gives_media(StatusCode::CREATED, "", "The cookie is set.")
            .gives_media(StatusCode::SEE_OTHER, "", "To a form: on to the list, or back to the page.")
            .by(sign_in::sign_in),
        Operation::get("/v1/sessions", "listSessions", "Where you are signed in")
            .gives::<SessionList>(StatusCode::OK, "Newest first.")
            .by(list::list),
        Operation::delete("/v1/sessions/{session}", "endSession", "Sign out, here or elsewhere")
            .never_again("A session that has ended cannot end again. Leave the key out.")
            .gives_nothing("It has ended.")
            .by(sign_out::sign_out),
        Operation::get("/v1/tokens", "listTokens", "Your API tokens and app passwords")
            .gives::<TokenList>(StatusCode::OK, "Newest first.")
            .by(token::list),
        Operation::post("/v1/tokens", "createToken", "Make a token")
            .takes::<NewToken>()
            .never_again("A token's secret is shown once and not kept, so this cannot be answered again. Leave the key out, and revoke a token you did not receive.")
            .gives::<Made>(StatusCode::CREATED, "With its secret, shown this once.")
            .by(token::create),
        Operation::delete("/v1/tokens/{id}", "revokeToken", "End a token")
            .gives_nothing("It has ended.")
            .by(token::revoke),
    ]
}

/// The browser a request comes from, for people to recognise.
pub(crate) fn browser(ask: &Ask) -> Browser {
    let agent = ask.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
    Browser { device: device::of(agent), address: ask.peer.address.ip().to_canonical().to_string() }
}
