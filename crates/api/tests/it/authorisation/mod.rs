//! The authorisation matrix (1.19): every operation of the description × who asks × every place an id can stand.
//!
//! Each tenant's data carries words nobody else may read. An answer that says one of them, an answer to a request for what
//! is not one's own that is not a refusal, and a victim whose data is another afterwards are findings; there are none. A
//! caller who holds the victim's token under another name is the control: it is found.

mod samples;
mod target;

use rolo_core::{
    account::{Right, Role, of_session, person, person::Tenant, session, token},
    write::TokenKind,
};
use serde_json::Value;

use crate::support::{
    House, Person, Reply,
    schema::{self, Operation},
};
use samples::{Sample, samples};
use target::Target;

/// How far somebody may see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sight {
    /// Proves nothing: every operation that needs an account is 401.
    Nobody,
    /// Sees the victim's book, and may change nothing in it.
    Book,
    /// Sees the victim's organisation and none of its own books.
    House,
    /// Sees nothing of the victim.
    Nothing,
}

/// Who asks.
struct Asker<'a> {
    name: &'static str,
    sight: Sight,
    proof: Vec<(&'static str, String)>,
    own: &'a Target,
}

fn bearer(token: &str) -> Vec<(&'static str, String)> {
    vec![("authorization", format!("Bearer {token}"))]
}

fn cookie(secret: &str) -> Vec<(&'static str, String)> {
    vec![("cookie", format!("rolo={secret}")), ("sec-fetch-site", "same-origin".to_owned())]
}

impl Asker<'_> {
    /// Words of the victim's that an answer to this asker may not say.
    fn secrets(&self) -> &'static [&'static str] {
        match self.sight {
            Sight::Nobody | Sight::Nothing => &["kanari-ann", "house-ann", "secret-ann"],
            Sight::House => &["kanari-ann", "secret-ann"],
            Sight::Book => &["secret-ann"],
        }
    }

    async fn ask(&self, house: &House, operation: &Operation, sample: &Sample) -> Reply {
        let mut call = house.call(&operation.method, &sample.path);
        for (name, value) in &self.proof {
            call = call.with(name, value);
        }
        if operation.has_parameter("header", "If-Match") {
            call = call.seen("*");
        }
        match &sample.body {
            Some(body) => call.json(body).await,
            None => call.await,
        }
    }
}

/// Everything that is wrong with what this asker gets.
async fn sweep(house: &House, victim: &Target, asker: &Asker<'_>) -> Vec<String> {
    let mut findings = Vec::new();
    let before = victim.state(house).await;
    let mut heads = victim.heads(house).await;
    for operation in schema::operations() {
        for sample in samples(&operation.id, victim, asker.own) {
            let reply = asker.ask(house, &operation, &sample).await;
            let said = format!("{} as {} {} → {}", operation.id, asker.name, sample.path, reply.status);
            findings.extend(
                told(asker, &operation, &sample, &reply).into_iter().map(|finding| format!("{said}: {finding}")),
            );
            let now = victim.heads(house).await;
            if now != heads {
                findings.push(format!("{said}: the victim's data changed"));
                heads = now;
            }
        }
    }
    if victim.state(house).await != before {
        findings.push(format!("{}: the victim's data is another", asker.name));
    }
    findings
}

fn told(asker: &Asker<'_>, operation: &Operation, sample: &Sample, reply: &Reply) -> Vec<String> {
    let mut findings = Vec::new();
    let whole = format!("{:?} {}", reply.headers, reply.text()).to_lowercase();
    findings.extend(asker.secrets().iter().filter(|word| whole.contains(*word)).map(|word| format!("says {word}")));
    if asker.sight == Sight::Nobody && operation.needs_account() && reply.status != 401 {
        findings.push("is not 401".to_owned());
    }
    let in_path = sample.path.contains(&format!("/{}", sample.foreign_id)) && !sample.foreign_id.is_empty();
    // A cursor of somebody else's is refused before anything is looked for.
    let wanted: &[u16] = if sample.path.contains("cursor=") { &[404, 422] } else { &[404] };
    if matches!(asker.sight, Sight::Nothing) && in_path && !wanted.contains(&reply.status) {
        findings.push("what is not yours is 404".to_owned());
    }
    if matches!(asker.sight, Sight::Nothing | Sight::House) && sample.refused && !(400..500).contains(&reply.status) {
        findings.push("is not refused".to_owned());
    }
    findings.extend(schema::differs(operation, reply));
    findings
}

/// The whole cast: a victim, and everybody who may not.
struct Cast {
    house: House,
    ann: Person,
    victim: Target,
    mel: Target,
    sam: Target,
    zoe: Target,
    revoked: String,
    expired: String,
    disabled: String,
}

impl Cast {
    async fn new() -> Self {
        let house = House::empty().await;
        let ann = house.person("house-ann", Tenant::New("house-ann".to_owned()), Role::Owner).await;
        let here = || Tenant::Of(ann.organisation);
        let mel = house.person("mel", here(), Role::Member).await;
        let sam = house.person("sam", here(), Role::Member).await;
        let dan = house.person("dan", here(), Role::Member).await;
        let zoe = house.person("zoe", Tenant::New("zoe".to_owned()), Role::Owner).await;
        let victim = Target::of(&house, &ann, "ann", &mel).await;
        for seer in [&sam, &dan] {
            person::set_access(&house.services, ann.book, seer.account, Some(Right::See)).await.unwrap();
        }
        let (caller, id) = of_session(&house.services, &ann.cookie).await.unwrap().unwrap();
        session::end(&house.services, &caller, id).await.unwrap();
        let soon = house.services_now() + jiff::SignedDuration::from_mins(10);
        let expired =
            token::create(&house.services, &caller, "Short", TokenKind::Api, Some(soon)).await.unwrap().secret;
        house.get("/v1/account").with("authorization", format!("Bearer {expired}")).await.expect(200);
        house.get("/v1/account").in_browser(&dan).await.expect(200);
        person::remove(&house.services, dan.account).await.unwrap();
        house.clock.pass(jiff::SignedDuration::from_mins(11));
        let targets = (
            Target::of(&house, &mel, "mel", &ann).await,
            Target::of(&house, &sam, "sam", &ann).await,
            Target::of(&house, &zoe, "zoe", &zoe).await,
        );
        let (revoked, disabled) = (ann.cookie.clone(), dan.cookie.clone());
        Self { house, ann, victim, mel: targets.0, sam: targets.1, zoe: targets.2, revoked, expired, disabled }
    }

    fn askers(&self) -> Vec<Asker<'_>> {
        let nobody = |name, proof| Asker { name, sight: Sight::Nobody, proof, own: &self.zoe };
        vec![
            nobody("anonymous", Vec::new()),
            nobody("a revoked session", cookie(&self.revoked)),
            nobody("an expired token", bearer(&self.expired)),
            nobody("a disabled account", cookie(&self.disabled)),
            nobody("a cookie sent as a token", bearer(&self.zoe.person.cookie)),
            nobody("a token sent as a cookie", cookie(&self.zoe.person.token)),
            Asker {
                name: "another organisation",
                sight: Sight::Nothing,
                proof: bearer(&self.zoe.person.token),
                own: &self.zoe,
            },
            Asker {
                name: "the same, in a browser",
                sight: Sight::Nothing,
                proof: cookie(&self.zoe.person.cookie),
                own: &self.zoe,
            },
            Asker {
                name: "another member",
                sight: Sight::House,
                proof: bearer(&self.mel.person.token),
                own: &self.mel,
            },
            Asker {
                name: "a member who may only see",
                sight: Sight::Book,
                proof: bearer(&self.sam.person.token),
                own: &self.sam,
            },
        ]
    }
}

#[tokio::test]
async fn nobody_reads_or_changes_what_is_not_theirs() {
    let cast = Cast::new().await;
    // Twice: what the first round left in the caches, the second may not be given.
    for round in 0..2 {
        for asker in cast.askers() {
            for operation in schema::operations().iter().filter(|operation| operation.method == "GET") {
                for sample in samples(&operation.id, &cast.victim, &cast.victim) {
                    cast.house.get(&sample.path).by(&cast.ann).await;
                }
            }
            let findings = sweep(&cast.house, &cast.victim, &asker).await;
            assert!(findings.is_empty(), "round {round}:\n{}", findings.join("\n"));
        }
    }
}

#[tokio::test]
async fn a_caller_that_leaks_is_found() {
    let cast = Cast::new().await;
    let thief = Asker { name: "a thief", sight: Sight::Nothing, proof: bearer(&cast.ann.token), own: &cast.zoe };
    let findings = sweep(&cast.house, &cast.victim, &thief).await.join("\n");
    for finding in ["says kanari-ann", "is not refused", "what is not yours is 404", "the victim's data changed"] {
        assert!(findings.contains(finding), "not found: {finding}\n{findings}");
    }
}

#[tokio::test]
async fn every_operation_works_for_its_owner_as_it_is_described() {
    let house = House::empty().await;
    let mut findings = Vec::new();
    for (n, operation) in schema::operations().into_iter().enumerate() {
        let name = format!("owner{n}");
        let owner = house.person(&name, Tenant::New(name.clone()), Role::Owner).await;
        let member = house.person(&format!("member{n}"), Tenant::Of(owner.organisation), Role::Member).await;
        let target = Target::of(&house, &owner, &name, &member).await;
        let asker = Asker { name: "the owner", sight: Sight::Book, proof: cookie(&owner.cookie), own: &target };
        let (mut done, mut refused) = (false, Vec::new());
        for sample in samples(&operation.id, &target, &target) {
            let reply = asker.ask(&house, &operation, &sample).await;
            findings.extend(schema::differs(&operation, &reply));
            done |= (200..400).contains(&reply.status);
            if !(200..400).contains(&reply.status) {
                refused.push(format!("{} {} → {} {}", operation.id, sample.path, reply.status, reply.text()));
            }
        }
        if !done && !samples::OPENED_ELSEWHERE.contains(&operation.id.as_str()) {
            findings.push(format!("{} was never done: {refused:?}", operation.id));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// What a list says, without what the asking itself moves.
fn settled(mut value: Value) -> Value {
    if let Some(items) = value["items"].as_array_mut() {
        for item in items {
            if let Some(item) = item.as_object_mut() {
                item.remove("seen_at");
            }
        }
    }
    value
}
