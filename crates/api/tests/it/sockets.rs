//! The door over real sockets: hyper on loopback, a real client.

use std::net::SocketAddr;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rolo_api::{Api, Peer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::support::{House, PASSWORD};

pub(crate) async fn listen(api: Api) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, address)) = listener.accept().await {
            let api = api.clone();
            let serve = service_fn(move |request| {
                let api = api.clone();
                async move { Ok::<_, std::convert::Infallible>(api.answer(request, Peer { address, tls: false }).await) }
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), serve));
        }
    });
    here
}

#[tokio::test]
async fn a_browser_signs_in_imports_searches_edits_and_exports() {
    let (house, ann) = House::of_ann().await;
    let site = format!("http://{}", listen(house.api.clone()).await);
    let client = reqwest::Client::new();
    let origin = site.clone();
    let body = json!({ "email": "ann@example.org", "password": PASSWORD });
    let signed_in =
        client.post(format!("{site}/v1/sessions")).header("origin", &origin).json(&body).send().await.unwrap();
    assert_eq!(signed_in.status(), 201);
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let ask = |method: reqwest::Method, path: &str| {
        client.request(method, format!("{site}{path}")).header("cookie", &cookie).header("origin", &origin)
    };

    let csv = "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n\
               Bo,Finch,Work,bo@example.org,Mobile,+1 (202) 555-0143\nZoë,Ångström,,zoe@example.org,,\n";
    let path = format!("/v1/imports?book={}&name=people.csv", ann.book);
    let import: Value = ask(reqwest::Method::POST, &path).body(csv).send().await.unwrap().json().await.unwrap();
    let import = format!("/v1/imports/{}", import["id"].as_str().unwrap());
    house.work().await;
    let checked: Value = ask(reqwest::Method::GET, &import).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&checked["state"], &checked["format"], &checked["counts"]["new"]),
        (&json!("checked"), &json!("google-csv"), &json!(2)),
        "{checked}"
    );
    let run =
        ask(reqwest::Method::POST, &format!("{import}/run")).json(&json!({ "check": "skip" })).send().await.unwrap();
    assert_eq!(run.status(), 202);
    house.work().await;
    let done: Value = ask(reqwest::Method::GET, &import).send().await.unwrap().json().await.unwrap();
    assert_eq!(done["state"], "done", "{done}");
    house.follow().await;

    let found: Value = ask(reqwest::Method::GET, "/v1/contacts?q=0202555").send().await.unwrap().json().await.unwrap();
    assert_eq!((&found["total"], &found["items"][0]["name"]), (&json!(1), &json!("Bo Finch")));
    let bo = format!("/v1/contacts/{}", found["items"][0]["id"].as_str().unwrap());
    let patch = json!({ "card": { "notes": { "n": { "note": "Met in Oslo" } } } });
    let patched = ask(reqwest::Method::PATCH, &bo).header("if-match", "*").json(&patch).send().await.unwrap();
    assert_eq!(patched.status(), 200);
    let export = ask(reqwest::Method::GET, "/v1/exports?format=vcard4").send().await.unwrap();
    assert_eq!(export.headers()["content-disposition"], "attachment; filename=\"contacts.vcf\"");
    let cards = export.text().await.unwrap();
    assert!(cards.contains("Met in Oslo") && cards.contains("Ångström"), "{cards}");
    let undone: Value = ask(reqwest::Method::POST, "/v1/undo")
        .json(&json!({ "batch": done["batch"] }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(undone["undone"], 2, "{undone}");
}

#[tokio::test]
async fn an_upload_of_two_gigabytes_is_refused_by_its_length_alone() {
    let (house, ann) = House::of_ann().await;
    let mut stream = TcpStream::connect(listen(house.api.clone()).await).await.unwrap();
    let head = format!(
        "POST /v1/imports?book={}&name=huge.csv HTTP/1.1\r\nhost: rolo\r\nauthorization: Bearer {}\r\ncontent-length: 2147483648\r\n\r\n",
        ann.book, ann.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413");
    assert!(house.get("/v1/imports").by(&ann).await.json()["items"].as_array().unwrap().is_empty());
}
