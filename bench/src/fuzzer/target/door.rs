//! Cursors, sync tokens and searches as they come in a URL, through the whole API: never a 5xx.
//!
//! The first octet says which address is asked; the rest is the parameter, as far as it may stand in a URL.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use rolo_api::{Api, ApiParts, CancellationToken, Peer};
use rolo_core::{
    Seed, Services,
    account::{self, Browser, Door, NewOwner, setup, token},
    contact::{NewContact, create},
    invent::People,
    write::TokenKind,
};
use rolo_services::{clock::SystemClock, database, random::SystemRandom, search, secrets::KeyedSecrets, storage};
use tokio::runtime::Runtime;

const ADDRESSES: [&str; 6] = [
    "/v1/contacts?limit=2&cursor=",
    "/v1/contacts?limit=2&sort=family&cursor=",
    "/v1/changes?since=",
    "/v1/bin?limit=2&cursor=",
    "/v1/contacts?limit=2&q=a&cursor=",
    "/v1/contacts?limit=2&q=",
];
const PEOPLE: usize = 12;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One book behind one door, made once.
struct World {
    runtime: Runtime,
    api: Api,
    token: String,
    _folder: tempfile::TempDir,
}

#[expect(clippy::expect_used, reason = "a fuzzer without its world must not go on as if it had found nothing")]
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    // What it takes to make it is not what an input takes.
    WORLD.get_or_init(|| World::make().expect("a book to ask"))
}

impl World {
    fn make() -> Result<Self, Failure> {
        // On this thread alone: the memory of an input is counted by thread.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let folder = tempfile::tempdir()?;
        let (api, token) = runtime.block_on(made(folder.path()))?;
        Ok(Self { runtime, api, token, _folder: folder })
    }

    /// The status and the body.
    fn ask(&self, url: &str) -> Option<(u16, Bytes)> {
        let request =
            Request::get(url).header("host", "localhost").header("authorization", format!("Bearer {}", self.token));
        let request = request.body(Empty::<Bytes>::new()).ok()?;
        let peer = Peer { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)), tls: false };
        self.runtime.block_on(async {
            let answer = self.api.answer(request, peer).await;
            let status = answer.status().as_u16();
            Some((status, answer.into_body().collect().await.ok()?.to_bytes()))
        })
    }
}

async fn made(folder: &std::path::Path) -> Result<(Api, String), Failure> {
    let at = |name: &str| folder.join(name).display().to_string();
    let database = database::connect(&format!("sqlite:{}", at("rolo.db")), true).await?;
    let secrets = KeyedSecrets::new(database.secret_key().await?);
    let services = Services {
        database: Arc::new(database),
        storage: storage::open(&format!("file:{}", at("files")))?,
        secrets: Arc::new(secrets),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let owner = NewOwner {
        name: "Fuzz".into(),
        email: "fuzz@rolo.example".into(),
        password: "five quiet harbour mornings".into(),
        ..NewOwner::default()
    };
    let signed_in = setup::setup(&services, owner, Browser::default()).await?;
    let caller = account::of_account(&services, signed_in.account.id, Door::Api, None).await?.ok_or("no caller")?;
    for person in People::seeded(5).take(PEOPLE) {
        let new = NewContact { card: person.model, ..NewContact::default() };
        create::create(&services, &caller, new, &Seed::default()).await?;
    }
    let search = search::open(&format!("fts:{}", at("search.db")))?;
    rolo_core::search::catch_up(services.database.as_ref(), search.as_ref()).await?;
    let token = token::create(&services, &caller, "fuzz", TokenKind::Api, None).await?.secret;
    let api = Api::new(ApiParts {
        services,
        search,
        cache: None,
        backups: None,
        setup_code: None,
        restores: None,
        public_url: None,
        heart_beat: rolo_api::HEART_BEAT,
        stop: CancellationToken::new(),
    });
    Ok((api, token))
}

pub(crate) fn read(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else { return };
    let address = ADDRESSES[usize::from(*first) % ADDRESSES.len()];
    let parameter: String = rest
        .iter()
        .filter(|octet| octet.is_ascii_graphic() && **octet != b'#')
        .map(|octet| char::from(*octet))
        .collect();
    if let Some((status, body)) = world().ask(&format!("{address}{parameter}")) {
        assert!(status < 500, "{status}: {}", String::from_utf8_lossy(&body));
    }
}

/// Tokens the API gave out itself, for each address.
pub(crate) fn made_up() -> Vec<Vec<u8>> {
    let asked = [
        "/v1/contacts?limit=2",
        "/v1/contacts?limit=2&sort=family",
        "/v1/changes",
        "/v1/bin?limit=2",
        "/v1/contacts?limit=2&q=a",
    ];
    let mut entries = vec![b"\x05emm".to_vec(), b"\x05%22o'neill%22+label:x".to_vec(), b"\x05(202)+555".to_vec()];
    for (n, url) in (0_u8..).zip(asked) {
        let Some((_, body)) = world().ask(url) else { continue };
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let given = value["next"].as_str().or(value["since"].as_str());
        entries.extend(given.map(|token| [&[n], token.as_bytes()].concat()));
    }
    entries
}
