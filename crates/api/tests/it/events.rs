//! News as they come: who hears what, and when a stream ends.

use rolo_core::account::{Right, Role, person, person::Tenant};

use crate::support::{Heard, House, Line, Person};

async fn since(house: &House, person: &Person) -> String {
    let snapshot = house.get("/v1/snapshot").by(person).await.expect(200).text();
    let first: serde_json::Value = serde_json::from_str(snapshot.lines().next().unwrap()).unwrap();
    first["since"].as_str().unwrap().to_owned()
}

/// Listens, having seen everything there is.
async fn listening(house: &House, person: &Person) -> Heard {
    let since = since(house, person).await;
    house.get(format!("/v1/events?since={since}")).by(person).listen().await
}

#[tokio::test]
async fn a_change_is_told_to_whoever_may_see_it_and_to_nobody_else() {
    let (house, ann) = House::of_ann().await;
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    let eve = house.person("Eve", Tenant::New("Elsewhere".to_owned()), Role::Owner).await;
    person::set_access(&house.services, ann.book, mel.account, Some(Right::See)).await.unwrap();
    let (mut anns, mut mels, mut eves) =
        (listening(&house, &ann).await, listening(&house, &mel).await, listening(&house, &eve).await);
    let before = since(&house, &eve).await;
    let bo = house.contact(&ann, "Bo").await;
    for (person, heard) in [(&ann, &mut anns), (&mel, &mut mels)] {
        let upto = heard.news().await;
        assert_eq!(upto, since(&house, person).await, "a listener that asks has everything by then");
    }
    assert_eq!(since(&house, &eve).await, before, "there is nothing to tell Eve");
    house.contact(&eve, "Her own").await;
    assert_eq!(eves.news().await, since(&house, &eve).await, "the first Eve hears of is her own");

    house.call("PUT", format!("/v1/contacts/{}/star", bo["id"].as_str().unwrap())).by(&mel).await.expect(204);
    assert_eq!(mels.news().await, since(&house, &mel).await, "a star is Mel's alone");
    house.contact(&ann, "Cy").await;
    assert_eq!(anns.news().await, since(&house, &ann).await);
}

#[tokio::test]
async fn who_was_away_is_told_at_once_and_who_was_not_is_not() {
    let (house, ann) = House::of_ann().await;
    let old = since(&house, &ann).await;
    house.contact(&ann, "Bo").await;
    let now = since(&house, &ann).await;
    let mut away = house.get("/v1/events").by(&ann).with("last-event-id", &old).listen().await;
    assert_eq!(away.news().await, now);
    let mut new = house.get("/v1/events").by(&ann).listen().await;
    assert_eq!(new.news().await, now, "a listener that says nothing has everything before it");
    let refused = house.get("/v1/events?since=rubbish").by(&ann).await.refused();
    assert_eq!(refused, (422, "since".to_owned()));
    let mut unknown = house.get("/v1/events").by(&ann).with("last-event-id", "rubbish").listen().await;
    assert_eq!(unknown.news().await, now, "so has one that says something unknown");
    // The browser's own word of where it was wins over the address it first listened at.
    let mut again = house.get(format!("/v1/events?since={old}")).by(&ann).with("last-event-id", &now).listen().await;
    house.contact(&ann, "Cy").await;
    assert_eq!(again.news().await, since(&house, &ann).await);
}

#[tokio::test]
async fn many_changes_in_one_go_are_one_event() {
    let (house, ann) = House::of_ann().await;
    let mut heard = listening(&house, &ann).await;
    for n in 0..20 {
        house.contact(&ann, &format!("Person {n}")).await;
    }
    let mut events = 0;
    while heard.news().await != since(&house, &ann).await {
        events += 1;
    }
    assert!(events < 20, "{events} events for 20 changes");
}

#[tokio::test]
async fn a_stream_ends_when_rights_change_when_one_is_signed_out_and_when_the_process_stops() {
    let (house, ann) = House::of_ann().await;
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    let mut mels = listening(&house, &mel).await;
    person::set_access(&house.services, ann.book, mel.account, Some(Right::See)).await.unwrap();
    assert_eq!(mels.next().await, None, "what Mel may see is another book more");
    let mut mels = house.get(format!("/v1/events?since={}", since(&house, &mel).await)).in_browser(&mel).listen().await;
    house.call("DELETE", "/v1/sessions/current").in_browser(&mel).await.expect(204);
    assert_eq!(mels.next().await, None);
    house.get("/v1/events").in_browser(&mel).await.expect(401);

    let mut anns = listening(&house, &ann).await;
    house.stop.cancel();
    assert_eq!(anns.next().await, None);
}

#[tokio::test]
async fn a_stream_outlives_a_database_that_goes_and_comes_back() {
    let (house, ann, shears) = House::on_a_line().await;
    let mut heard = listening(&house, &ann).await;
    house.contact(&ann, "Bo").await;
    heard.news().await;
    house.contact(&ann, "Cy").await;
    shears.make(Line::Cut);
    let listener = tokio::spawn(async move { heard.news().await });
    shears.refused().await;
    shears.make(Line::Whole);
    assert_eq!(listener.await.unwrap(), since(&house, &ann).await);
}

#[tokio::test]
async fn the_sixty_fifth_listener_of_an_account_comes_later() {
    let (house, ann) = House::of_ann().await;
    let mut all = Vec::new();
    for _ in 0..64 {
        all.push(house.get("/v1/events").by(&ann).listen().await);
    }
    let refused = house.get("/v1/events").by(&ann).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "30"));
    all.pop();
    house.get("/v1/events").by(&ann).await.expect(200);
}
