//! A backup brought back by whoever sets Rolo up: uploaded, opened with its passphrase, written back.

use std::sync::Arc;

use http::{HeaderName, StatusCode};
use rolo_core::{Error, contracts::Restores};

use super::{set_up::proven, shape::Restore};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

/// Proves an upload before its first octet is read.
const CODE: HeaderName = HeaderName::from_static("rolo-setup-code");

pub(super) async fn upload(api: Api, mut ask: Ask) -> Done {
    let restores = open(&api).await?;
    let code = ask.headers().get(CODE).and_then(|code| code.to_str().ok()).unwrap_or_default().to_owned();
    proven(&api, &code, CODE.as_str())?;
    restores.keep(Box::pin(ask.chunks()?)).await?;
    Ok(Answer::status(StatusCode::NO_CONTENT))
}

pub(super) async fn restore(api: Api, mut ask: Ask) -> Done {
    let restores = open(&api).await?;
    let Restore { code, passphrase } = ask.json().await?;
    proven(&api, &code, "/code")?;
    match restores.begin(&passphrase).await {
        Ok(()) => Ok(Answer::status(StatusCode::ACCEPTED)),
        Err(Error::Denied { why }) => Err(Error::invalid("/passphrase", why).into()),
        Err(error) => Err(error.into()),
    }
}

/// Where nobody has an account.
async fn open(api: &Api) -> Result<Arc<dyn Restores>, Error> {
    let restores = api.0.restores.clone().filter(|_| api.0.setup_code.is_some()).ok_or(Error::NotFound)?;
    let state = restores.state().await?;
    if state.running {
        return Err(Error::conflict("A backup is being restored already. Wait until that is done."));
    }
    if !state.half && api.services().database.has_accounts().await? {
        return Err(Error::NotFound);
    }
    Ok(restores)
}
