//! Rows that look like contacts of the book, without an earlier import: `contract.md` §7.

use rolo_core::import::{self, Decision, Policy, Verdict};
use serde_json::json;

use super::{checked, contacts, counts, google, model_of, names, one, rows, run};
use crate::world::{World, world};

async fn olu(w: &World) {
    w.make(json!({
        "name": {"components": [{"kind": "given", "value": "Olu"}, {"kind": "surname", "value": "Finch"}]},
        "emails": {"a": {"address": "olu@finch.example"}},
        "phones": {"p": {"number": "+1 202 555 0143"}}
    }))
    .await;
}

#[tokio::test]
async fn each_rule_has_its_verdict_and_its_sentence() {
    for (row, verdict, why) in [
        ("Olu,Finch,,,OLU@finch.example,,,", Verdict::Same, "The same name and e-mail or phone as Olu Finch."),
        (
            "Olu,Finch,,,olu@finch.example,,+1 202 555 0199,",
            Verdict::Update,
            "The same name and e-mail or phone as Olu Finch.",
        ),
        ("Finch,Olu,,,,,+1 (202) 555-0143,A note", Verdict::Update, "The same name and e-mail or phone as Olu Finch."),
        ("Olu,Adebayo-Finch,,,olu@finch.example,,,", Verdict::Check, "Same e-mail as Olu Finch, different name."),
        ("Sam,Finch,,,,,+1 202 555 0143,", Verdict::Check, "Same phone as Olu Finch, different name."),
        ("Olu,Finch,,,other@finch.example,,,", Verdict::Check, "Same name as Olu Finch, and nothing else in common."),
        (
            "O,Finch,,,olu@finch.example,,,",
            Verdict::Check,
            "Same e-mail or phone as Olu Finch, and an initial for a name.",
        ),
        (
            ",,,,olu@finch.example,,,",
            Verdict::Check,
            "Same e-mail or phone as Olu Finch, but only one of the two has a name.",
        ),
        ("Sam,Ray,,,sam@ray.example,,,", Verdict::New, "Card with 2 fields."),
    ] {
        let w = world().await;
        olu(&w).await;
        let import = checked(&w, "rows.csv", &google(&[row])).await;
        let told = rows(&w, import.id, None).await.remove(0);
        assert_eq!((told.verdict, told.why.as_str()), (verdict, why), "{row}");
    }
}

#[tokio::test]
async fn a_number_of_many_and_a_short_one_prove_nothing() {
    let w = world().await;
    for n in 0..6 {
        w.make(json!({"name": {"full": format!("Pupil {n}")}, "phones": {"p": {"number": "+1 202 555 0100"}, "q": {"number": "112"}}})).await;
    }
    let import = checked(&w, "rows.csv", &google(&["Ann,Lee,,,,,+1 202 555 0100 ::: 112,"])).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn several_contacts_that_fit_are_asked_about() {
    let w = world().await;
    olu(&w).await;
    olu(&w).await;
    let import = checked(&w, "rows.csv", &google(&["Olu,Finch,,,olu@finch.example,,,New"])).await;
    assert_eq!(rows(&w, import.id, None).await[0].why, "Several contacts fit, Olu Finch among them.");
}

#[tokio::test]
async fn without_an_earlier_row_an_update_only_adds() {
    let w = world().await;
    olu(&w).await;
    let import =
        checked(&w, "rows.csv", &google(&["Olu,Finch,Club,Work,olu@finch.example,Home,+1 202 555 0199,Hello"])).await;
    let told = rows(&w, import.id, None).await.remove(0);
    assert!(told.changes.iter().all(|change| change.before.is_none()), "{:?}", told.changes);
    run(&w, import.id, Policy::Skip).await;
    let model = model_of(&one(&w, "Olu Finch").await);
    assert_eq!((model.emails.len(), model.phones.len(), model.notes.len()), (1, 2, 1));
    assert!(model.emails.values().all(|email| email.contexts.is_empty()), "a label that is there stays");
}

#[tokio::test]
async fn what_waits_is_written_as_it_was_decided() {
    let w = world().await;
    olu(&w).await;
    let file = google(&[
        "Olu,Adebayo,,,olu@finch.example,,,One",
        "Sam,Finch,,,,,+1 202 555 0143,Two",
        "O,Finch,,,olu@finch.example,,,Three",
    ]);
    let import = checked(&w, "rows.csv", &file).await;
    assert_eq!(counts(&import), [0, 0, 0, 3, 0]);
    import::decide(&w.s, &w.noor, import.id, 3, Some(Decision::New), None).await.unwrap_err();
    import::decide(&w.s, &w.noor, import.id, u64::MAX, Some(Decision::New), None).await.unwrap_err();
    import::decide(&w.s, &w.noor, import.id, 0, Some(Decision::New), None).await.unwrap();
    import::decide(&w.s, &w.noor, import.id, 1, Some(Decision::Update), None).await.unwrap();
    assert_eq!(rows(&w, import.id, Some(Verdict::Check)).await[1].decision, Some(Decision::Update));
    let done = run(&w, import.id, Policy::Skip).await;
    assert_eq!(
        (counts(&done), names(&w).await),
        ([1, 1, 0, 1, 0], vec!["Olu Adebayo".to_owned(), "Olu Finch".to_owned()])
    );
    assert_eq!(model_of(&one(&w, "Olu Finch").await).notes.values().next().unwrap().note, "Two");
}

#[tokio::test]
async fn the_policy_decides_the_rest() {
    for (policy, want, count) in
        [(Policy::Skip, [0, 0, 0, 1, 0], 1), (Policy::New, [1, 0, 0, 0, 0], 2), (Policy::Update, [0, 1, 0, 0, 0], 1)]
    {
        let w = world().await;
        olu(&w).await;
        let import = checked(&w, "rows.csv", &google(&["Sam,Finch,,,,,+1 202 555 0143,Hello"])).await;
        let done = run(&w, import.id, policy).await;
        assert_eq!((counts(&done), contacts(&w).await.len()), (want, count), "{policy:?}");
    }
}
