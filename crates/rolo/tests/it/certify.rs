//! Certificates by ACME as the program is told to get them. The authority itself is met in the gateway's own tests.

use std::fs;

use crate::place::{Place, Server, asked, free, until};

const HOST: &str = "book.example.org";

#[test]
fn while_the_authority_is_away_it_serves_and_readiness_warns() {
    let place = Place::bare();
    let (http, https) = (free(), free());
    let file = format!(
        "[server]\nlisten = [\"http://{http}\", \"https://{https}\"]\npublic_url = \"https://{HOST}\"\n\
         [tls]\nacme = true\nacme_terms_agreed = true\nacme_directory = \"https://127.0.0.1:1/dir\"\n"
    );
    fs::create_dir_all(place.data()).unwrap();
    fs::write(place.data().join("rolo.toml"), &file).unwrap();
    let server = Server::start_as(&[], &place.data(), &[]);

    let warned = format!("\"warnings\":[{{\"host\":\"{HOST}\",\"trouble\":");
    until("readiness does not warn", || {
        let (status, told) = asked(&http, HOST, "/readyz");
        assert_eq!(status, 200, "a certificate that is missing takes no server out of service: {told}");
        told.contains(&warned)
    });
    assert_eq!(
        asked(&http, HOST, "/.well-known/acme-challenge/none").0,
        404,
        "no site answers in the authority's place"
    );

    // Without it, nobody is warned of anything, and the path is the app's again.
    fs::write(place.data().join("rolo.toml"), file.replace("acme = true", "acme = false")).unwrap();
    server.signal("HUP");
    until("it still warns", || !asked(&http, HOST, "/readyz").1.contains("warnings"));
}
