//! `rolo token …`.

use crate::place::{Place, Server, both_ways, get};

#[test]
fn a_token_is_printed_once_as_text_or_json() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        let told = place.told(&["token", "add", "--email", "noor@rolo.example", "--name", "Script"]);
        assert!(told["id"].is_string());
        let secret = told["token"].as_str().unwrap();
        assert!(secret.starts_with("rolo_") && secret.len() > 40);
        let text = place.run(&["token", "add", "--email", "noor@rolo.example"]).well().out;
        assert!(text.starts_with("rolo_") && text.lines().count() == 1 && text.trim() != secret);
    });
}

#[test]
fn a_token_made_without_a_server_or_beside_one_opens_it() {
    let mut place = Place::alone();
    place.person("noor@rolo.example");
    let before = place.told(&["token", "add", "--email", "noor@rolo.example"]);
    place.server = Some(Server::start(&place.data()));
    let beside = place.told(&["token", "add", "--email", "noor@rolo.example"]);
    for token in [before, beside].iter().map(|told| told["token"].as_str().unwrap()) {
        let (status, body) = get(place.url(), "/v1/account", token);
        assert!(status == 200 && body.contains("noor@rolo.example"), "{status} {body}");
        assert_eq!(get(place.url(), "/v1/account", &token.replace("rolo_", "rolo_x")).0, 401);
    }
}
