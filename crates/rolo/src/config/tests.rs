//! What is read of a file and of the environment, and what is refused.

use super::{site::Route, *};

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rolo.toml");
    std::fs::write(&path, file).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(&path, environment.collect::<Vec<_>>().into_iter())
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let config = read(
        "[server]\nlisten = \"127.0.0.1:1\"\nbehind_proxy = true\n",
        &[("ROLO_SERVER__LISTEN", "127.0.0.1:2"), ("ROLO_PORT", "tcp://10.0.0.1"), ("ROLO_LOG__FORMAT", "json")],
    )
    .unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:2");
    assert!(config.server.behind_proxy);
    assert_eq!(config.log.format, Format::Json);
    let origin = |name: &str| config.lines().into_iter().find(|line| line.name == name).unwrap().origin;
    assert_eq!(origin("server.listen"), Origin::Environment("ROLO_SERVER__LISTEN".to_owned()));
    assert_eq!(origin("server.behind_proxy"), Origin::File);
    assert_eq!(origin("log.level"), Origin::Default);
}

#[test]
fn a_mistyped_name_is_refused_with_the_nearest() {
    let refused = |file: &str| read(file, &[]).unwrap_err().to_string();
    assert!(refused("[server]\nlisten_on = 1\n").ends_with("has no setting listen_on; did you mean listen?"));
    assert!(refused("[serve]\n").ends_with("no section [serve]; did you mean server?"));
    assert!(refused("[server]\nbehind_proxy = 1\n").contains("server.behind_proxy"));
}

#[test]
fn a_secret_comes_from_a_file_and_prints_as_stars() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    std::fs::write(&path, "mysql://rolo:hunter2@db/rolo\n").unwrap();
    let path = path.to_str().unwrap();
    for config in [
        read(&format!("[services]\ndatabase_file = {path:?}\n"), &[]).unwrap(),
        read("", &[("ROLO_SERVICES__DATABASE_FILE", path)]).unwrap(),
    ] {
        assert_eq!(config.services.database, "mysql://rolo:hunter2@db/rolo");
        let line = config.lines().into_iter().find(|line| line.name == "services.database").unwrap();
        assert_eq!(line.value.as_str(), Some("***"));
    }
}

#[test]
fn what_may_be_several_is_said_once_or_as_a_list() {
    let listen = |file: &str, environment: &[(&str, &str)]| {
        let config = read(file, environment).unwrap();
        config.server.listen.iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(listen("[server]\nlisten = \"public\"\n", &[]), ["public"]);
    assert_eq!(listen("[server]\nlisten = [\"a:1\", \"b:2\"]\n", &[]), ["a:1", "b:2"]);
    assert_eq!(listen("", &[("ROLO_SERVER__LISTEN", "[\"a:1\", \"b:2\"]")]), ["a:1", "b:2"]);
    assert_eq!(listen("", &[("ROLO_SERVER__LISTEN", "")]), Vec::<String>::new());
}

#[test]
fn a_site_has_names_and_routes_and_nothing_else() {
    let config = read(
        "[[site]]\nnames = \"a.example\"\nroutes = { \"/\" = \"ssr\", \"/v1\" = \"api\" }\n\
         [[site]]\nlisten = [\"http://127.0.0.1:1\"]\n\
         [site.routes]\n\"/\" = { to = [\"http://one:1\", \"unix:/two\"], health = \"/up\" }\n\"/app\" = \"app\"\n",
        &[],
    )
    .unwrap();
    let [first, second] = &config.sites[..] else { panic!("{:?}", config.sites) };
    assert_eq!(first.names.to_string(), "a.example");
    assert_eq!((&first.routes["/"].to, &first.routes["/v1"].to), (&To::Ssr, &To::Api));
    let Route { to: To::Urls(urls), manner } = &second.routes["/"] else { panic!("{second:?}") };
    assert_eq!((urls.to_string().as_str(), manner.health()), ("http://one:1, unix:/two", Some("/up")));
    let told = config.lines().into_iter().find(|line| line.name == "site[2].routes").unwrap();
    assert_eq!(told.origin, Origin::File);
    assert!(told.value.to_string().contains("health"), "{}", told.value);
    assert_eq!(read(&archived(&config), &[]).unwrap().lines().len(), config.lines().len());
}

fn archived(config: &Config) -> String {
    let text = config.without_secrets();
    assert!(text.contains("\n[[site]]\n"), "{text}");
    text
}

#[test]
fn what_no_site_can_say_is_refused_with_the_nearest() {
    let refused = |file: &str| read(file, &[]).unwrap_err().to_string();
    let route = |route: &str| refused(&format!("[[site]]\nroutes = {{ \"/\" = {route} }}\n"));
    assert!(refused("[[site]]\nname = \"a\"\n").ends_with("[site[1]] has no setting name; did you mean names?"));
    assert!(refused("[[sites]]\n").ends_with("no section [sites]; did you mean site?"));
    assert!(refused("[site]\nnames = \"a\"\n").ends_with("write [[site]]"));
    assert!(route("\"srs\"").contains("did you mean ssr?"));
    assert!(route("\"file:/etc\"").contains("nowhere a route could lead"));
    assert!(route("[]").contains("leads somewhere"));
    assert!(route("7").contains("a URL or a list of URLs"));
    assert!(route("{ health = \"/up\" }").contains("needs its to"));
    assert!(route("{ to = \"http://a:1\", healt = \"/up\" }").contains("did you mean health?"));
    assert!(route("{ to = \"http://a:1\", health = \"up\" }").contains("is a path"));
    assert!(route("{ to = \"api\", health = \"/up\" }").contains("looks after its own"));
    let slow = route("{ to = \"http://a:1\", connect_seconds = \"long\" }");
    assert!(slow.contains("site[1].routes: ") && slow.contains("connect_seconds is a whole number"), "{slow}");
}

#[test]
fn the_examples_of_sites_are_sites_once_the_signs_are_taken_away() {
    let example = Config::example();
    let line = |line: &str| match line.strip_prefix('#') {
        Some(code) if code.starts_with(|sign: char| !sign.is_whitespace()) => format!("{code}\n"),
        _ => format!("{line}\n"),
    };
    let config = read(&example.lines().map(line).collect::<String>(), &[]).unwrap();
    let names: Vec<String> = config.sites.iter().map(|site| site.names.to_string()).collect();
    assert_eq!(
        names,
        [
            "demo.contacts.example",
            "api.contacts.example",
            "app.contacts.example",
            "wiki.contacts.example, *.wiki.contacts.example"
        ]
    );
    let to = |at: usize, path: &str| config.sites[at].routes[path].to.clone();
    assert_eq!([to(0, "/"), to(1, "/v1"), to(2, "/")], [To::Ssr, To::Api, To::App]);
    assert!(matches!(to(3, "/"), To::Urls(urls) if urls.iter().count() == 2));
    assert_eq!(config.ssr.listen.to_string(), "127.0.0.1:4040");
    assert_eq!(config.api.listen.to_string(), "127.0.0.1:3333");
}

#[test]
fn what_differs_between_two_readings_is_named() {
    let old = read("[log]\nlevel = \"debug\"\n", &[]).unwrap();
    let new = read("[server]\nlisten = \"127.0.0.1:1\"\n[[site]]\nnames = \"a\"\n", &[]).unwrap();
    assert!(old.changed(&old.clone()).is_empty());
    assert_eq!(old.changed(&new), ["log.level", "server.listen", "site[1].listen", "site[1].names", "site[1].routes"]);
}

#[test]
fn the_example_holds_every_setting_and_is_read_back_as_the_default() {
    let example = Config::example();
    let config = read(&example, &[]).unwrap();
    let default = Config::default();
    for (line, expected) in config.lines().iter().zip(default.lines()) {
        assert_eq!(line.name, expected.name);
        assert!(line.value == expected.value || line.value.as_str() == Some("***"), "{}", line.name);
    }
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rolo.example.toml");
    if std::env::var_os("ROLO_WRITE").is_some() {
        std::fs::write(&committed, &example).unwrap();
    }
    assert_eq!(std::fs::read_to_string(committed).unwrap(), example, "run this test with ROLO_WRITE=1");
}
