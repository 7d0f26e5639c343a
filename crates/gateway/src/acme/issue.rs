//! One certificate: an order, the proof that the host is ours, and what the authority signs in the end.

use std::time::Duration;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount, NewOrder,
    OrderStatus, RetryPolicy,
};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::{AcmePlan, Challenges, client::Client, keep::Folder, validity::Validity};
use crate::upstream::BoxError;

/// How long the authority may take to look, and then to sign.
const RETRIES: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(90));

const ACCOUNT_UNKNOWN: &str = "urn:ietf:params:acme:error:accountDoesNotExist";
const REFUSED: &str = "the authority could not see that the host is ours";

/// Asks for a host's certificate and keeps it.
pub(super) async fn certificate(
    plan: &AcmePlan,
    folder: &Folder,
    challenges: &Challenges,
    host: &str,
) -> Result<(CertifiedKey, Validity), BoxError> {
    let identifiers = [Identifier::Dns(host.to_owned())];
    let wanted = NewOrder::new(&identifiers);
    let mut order = match account(plan, folder).await?.new_order(&wanted).await {
        // The authority has lost the account, or somebody closed it: another one is opened.
        Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(ACCOUNT_UNKNOWN) => {
            folder.forget_account()?;
            account(plan, folder).await?.new_order(&wanted).await?
        }
        order => order?,
    };

    let mut promises = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let challenge = authorization.challenge(ChallengeType::Http01);
        let mut challenge = challenge.ok_or("the authority does not prove hosts by HTTP")?;
        promises.push(challenges.promise(&challenge.token, challenge.key_authorization().as_str()));
        challenge.set_ready().await?;
    }
    match order.poll_ready(&RETRIES).await {
        Ok(OrderStatus::Ready) => {}
        Ok(_) => return Err(refused(&mut order).await),
        Err(Error::Api(_)) => return Err(refused(&mut order).await),
        Err(error) => return Err(error.into()),
    }
    drop(promises);

    let key = order.finalize().await?;
    let chain = order.poll_certificate(&RETRIES).await?;
    Ok(folder.keep_certificate(host, &key, &chain)?)
}

/// Why the authority does not believe that a host is ours, when only the proof itself says it.
async fn refused(order: &mut instant_acme::Order) -> BoxError {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        // What it found stands there only since it has looked.
        if let Err(error) = authorization.refresh().await {
            return format!("{REFUSED}: {error}").into();
        }
        let problems = authorization.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problems.filter_map(|problem| problem.detail.as_deref()).next() {
            return format!("{REFUSED}: {problem}").into();
        }
    }
    REFUSED.into()
}

/// The account of old, or a new one.
async fn account(plan: &AcmePlan, folder: &Folder) -> Result<Account, BoxError> {
    let asking = Account::builder_with_http(Box::new(Client::new(&plan.authorities)?));
    if let Some(credentials) = folder.account(&plan.directory) {
        return Ok(asking.from_credentials(credentials).await?);
    }
    let contacts: Vec<&str> = plan.contacts.iter().map(String::as_str).collect();
    let new = NewAccount { contact: &contacts, terms_of_service_agreed: plan.agreed, only_return_existing: false };
    let (account, credentials): (Account, AccountCredentials) =
        asking.create(&new, plan.directory.clone(), None).await?;
    folder.keep_account(&plan.directory, credentials)?;
    Ok(account)
}
