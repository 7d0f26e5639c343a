//! `rolo init`.

use std::os::unix::fs::PermissionsExt;

use crate::place::{Place, both_ways};

#[test]
fn the_data_folder_is_made_for_its_owner_alone_and_kept() {
    let place = Place::bare();
    let folder = place.data();
    assert_eq!(place.told(&["init"])["data"], folder.to_str().unwrap());
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(folder.join("rolo.db").is_file());
    place.person("noor@rolo.example");
    assert!(place.run(&["init"]).well().out.contains("is ready"));
    assert_eq!(place.told(&["user", "list"])["accounts"].as_array().unwrap().len(), 1, "what is there stays");
}

#[test]
fn a_second_time_changes_nothing_beside_a_server_either() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        place.run(&["init"]).well();
        assert_eq!(place.told(&["user", "list"])["accounts"].as_array().unwrap().len(), 1);
    });
}
