//! The caller's organisation over HTTP: the article's own example of a request.

mod members;

use http::{StatusCode, header};
use jiff::Timestamp;
use rolo_core::{
    Error,
    contracts::database::OrganisationRow,
    organisation::{self, Details},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Api,
    answer::{Answer, Done, Refusal, envelope_tag},
    ask::{Ask, json::Object},
    route::{Kind, Operation, may},
};
use members::MemberList;

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/organisations/{id}", "getOrganisation", "Your organisation")
            .gives::<Organisation>(StatusCode::OK, "Its details.")
            .cached()
            .by(get),
        Operation::patch("/v1/organisations/{id}", "patchOrganisation", "Change your organisation")
            .about("For its owner and admins.")
            .takes_change::<OrganisationPatch>()
            .seen()
            .in_batch()
            .gives::<Organisation>(StatusCode::OK, "As it is now.")
            .by(patch),
        Operation::get("/v1/organisations/{id}/members", "listMembers", "Who belongs to your organisation")
            .query([
                may("limit", Kind::Number, "Members of a page, 1 to 100; 50 when absent."),
                may("cursor", Kind::Text, "`next` of the page before."),
            ])
            .gives::<MemberList>(StatusCode::OK, "By name.")
            .by(members::list),
    ]
}

/// The tenant: a family, a company, a team.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Organisation {
    id: Uuid,
    name: String,
    #[schema(value_type = OrganisationDetails)]
    details: Details,
    created_at: Timestamp,
    revision: String,
}

/// What an organisation says about itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationDetails {
    address: Option<String>,
    website: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// An IANA time zone.
    zone: Option<String>,
    about: Option<String>,
}

/// In what an organisation shall differ. `details` stand whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationPatch {
    name: Option<String>,
    #[schema(value_type = Option<OrganisationDetails>)]
    details: Option<Object<OrganisationDetails>>,
}

async fn get(api: Api, ask: Ask) -> Done {
    answer(organisation::get(api.services(), ask.caller()?, ask.id("id")?).await?)
}

async fn patch(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let body: OrganisationPatch = ask.json().await?;
    let details = body.details.map(|Object(said)| Details {
        address: said.address,
        website: said.website,
        email: said.email,
        phone: said.phone,
        zone: said.zone,
        about: said.about,
    });
    let name = body.name.as_deref();
    let written = organisation::save(api.services(), ask.caller()?, ask.id("id")?, seen, name, details).await?;
    Ok(answer(written.value)?.in_batch(written.batch))
}

fn answer(row: OrganisationRow) -> Result<Answer, Refusal> {
    let revision = row.revision;
    let details = Details::of(&row);
    let shown = Organisation {
        id: row.id.0,
        name: row.name,
        details,
        created_at: row.created_at,
        revision: revision.to_string(),
    };
    let body = serde_json::to_vec(&shown).map_err(Error::internal)?;
    let tag = envelope_tag(revision, &body);
    Ok(Answer::octets("application/json", body).with(header::ETAG, tag))
}
