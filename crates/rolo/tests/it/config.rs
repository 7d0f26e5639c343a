//! `rolo config`.

use serde_json::json;

use crate::place::both_ways;

#[test]
fn each_setting_is_told_with_its_value_and_where_it_came_from() {
    both_ways(|place| {
        std::fs::write(place.data().join("rolo.toml"), "[log]\nlevel = \"debug\"\n").unwrap();
        let environment = [
            ("ROLO_SERVER__PUBLIC_URL", "https://rolo.example"),
            ("ROLO_SERVICES__DATABASE", "mysql://rolo:hunter2@db/rolo"),
        ];
        let told = place.run_with(&["config", "--json"], "", &environment).well().last();
        for (name, value, from) in [
            ("server.listen", "127.0.0.1:8080", "default"),
            ("server.public_url", "https://rolo.example", "environment ROLO_SERVER__PUBLIC_URL"),
            ("services.database", "***", "environment ROLO_SERVICES__DATABASE"),
            ("services.storage", "file:files", "default"),
            ("log.level", "debug", "configuration file"),
        ] {
            assert_eq!(told[name], json!({ "value": value, "from": from }), "{name}");
        }
        let text = place.run_with(&["config"], "", &environment).well().out;
        assert!(text.contains("log.level = \"debug\"  # configuration file\n"), "{text}");
        assert!(!text.contains("hunter2"));
        let example = place.run(&["config", "--example"]).well().out;
        assert_eq!(example, include_str!("../../../../rolo.example.toml"));
    });
}

#[test]
fn a_mistyped_setting_stops_every_command_with_the_nearest_name() {
    both_ways(|place| {
        std::fs::write(place.data().join("rolo.toml"), "[server]\nlisten_on = \"127.0.0.1:1\"\n").unwrap();
        for command in [&["config"][..], &["user", "list"], &["doctor"]] {
            let ran = place.run(command);
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(ran.err.contains("did you mean listen?"), "{ran:?}");
        }
    });
}
