//! Ids of somebody else: they say nothing and change nothing, wherever they stand and whatever a door has checked.

use rolo_core::{
    Error, Result, Seed, Seen,
    account::{Caller, Right},
    book,
    contact::{
        Batch, BatchItem, Change, Filter, NewContact, Patch, batch, create, delete::delete, list, mark, purge, read,
        relocate::relocate, restore::restore, save,
    },
    export::{self, Selection},
    history::{Undo, batches, job, put_back, undo, versions},
    id::{BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq},
    import::{self, Decision, NewImport, Policy, Upload},
    label::{self, NewLabel},
    merge,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    import::{checked, google},
    world::{World, ann, model, world},
};

/// Things of Noor's.
struct Hers {
    contacts: [ContactId; 2],
    binned: ContactId,
    label: LabelId,
    other_label: LabelId,
    book: BookId,
    batch: BatchId,
    job: JobId,
    import: ImportId,
    modseq: Modseq,
}

async fn hers(w: &World) -> Hers {
    let make_label = async |name: &str| {
        let new = NewLabel { id: None, book: w.book, name: name.into(), hue: None };
        label::create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id
    };
    let (label, other_label) = (make_label("Family").await, make_label("Club").await);
    let mut card = ann();
    card["media"] = json!({"m": {"kind": "photo", "uri": "data:image/jpeg;base64,/9j/4AAQ"}});
    let first = NewContact { labels: vec![label], card: model(card), ..NewContact::default() };
    let first = w.make_new(first).await;
    let (second, binned) = (w.ann().await, w.ann().await.stored.id);
    delete(&w.s, &w.noor, binned, Seen::Any).await.unwrap();
    let renamed =
        label::save::save(&w.s, &w.noor, label, Seen::Any, label::Change { name: Some("Kin".into()), hue: None });
    let job = JobId(renamed.await.unwrap().batch.unwrap().0);
    let import = checked(w, "rows.csv", &google(&["Ann,Lee,,,,,+43 1 5880100,", "Bob,Ray,,,,,,"])).await.id;
    Hers {
        contacts: [first.value.stored.id, second.stored.id],
        binned,
        label,
        other_label,
        book: w.book,
        batch: first.batch.unwrap(),
        job,
        import,
        modseq: first.value.stored.modseq,
    }
}

/// What became of each question; `own` is a contact, a label and a book of the caller's.
async fn asked(
    w: &World,
    c: &Caller,
    hers: &Hers,
    own: (ContactId, LabelId, BookId),
) -> Vec<(&'static str, Result<()>)> {
    let s = &w.s;
    let [one, two] = hers.contacts;
    let any = Seen::Any;
    let seed = Seed::default();
    let label_list = Filter { label: Some(hers.label), limit: 9, ..Filter::default() };
    let plain = Filter { limit: 9, ..Filter::default() };
    let note = || Patch { card: Some(json!({"rolo:fileAs": "x"})), ..Patch::default() };
    let add = |label| Patch { card: None, change: Change { add_labels: vec![label], ..Change::default() } };
    let upload = Upload { name: "x.csv".into(), key: "imports/none".into() };
    let into = NewImport { id: None, book: Some(hers.book), files: vec![upload] };
    let labelled =
        NewContact { labels: vec![hers.label], book: Some(own.2), card: model(ann()), ..NewContact::default() };
    let inside = NewContact { book: Some(hers.book), card: model(ann()), ..NewContact::default() };
    let named = |name: &str| label::Change { name: Some(name.into()), hue: None };
    let new_label = NewLabel { id: None, book: hers.book, name: "New".into(), hue: None };
    let items = vec![BatchItem::Patch { id: one, seen: any, patch: Box::new(note()) }];
    let whole = Batch { atomic: true, summary: None, items };
    let each = Batch { atomic: false, summary: None, items: vec![BatchItem::Star { id: two, on: true }] };
    macro_rules! table {
        ($($what:literal: $question:expr;)*) => { vec![$(($what, $question.await.map(drop))),*] };
    }
    table! {
        "read": read::get(s, c, one);
        "bytes": read::card(s, c, one);
        "photo": read::photo(s, c, one);
        "many": async { read::many(s, c, &[one, two]).await?.pop().ok_or(Error::NotFound) };
        "list of a label": list::page(s, c, &label_list);
        "list of a book": list::page_of(s, c, Some(hers.book), &plain);
        "export of a label": export::write(s, c, export::Format::Vcard4, Selection::Label(hers.label));
        "export of contacts": export::write(s, c, export::Format::Vcard4, Selection::Contacts(vec![two]));
        "replace": save::replace(s, c, one, any, Change { card: Some(model(ann())), ..Change::default() });
        "patch": save::patch(s, c, one, any, note());
        "patch with a label of hers": save::patch(s, c, own.0, any, add(hers.label));
        "create with a label of hers": create::create(s, c, labelled, &seed);
        "create in her book": create::create(s, c, inside, &seed);
        "star": mark::star(s, c, one, true);
        "hide": mark::hide(s, c, one, true);
        "move hers": relocate(s, c, one, own.2, any);
        "move into her book": relocate(s, c, own.0, hers.book, any);
        "batch": batch::run(s, c, whole, &seed);
        "batch item": async { batch::run(s, c, each, &seed).await?.items.remove(0) };
        "versions": versions(s, c, one, None, 9);
        "put back": put_back(s, c, one, hers.modseq, any);
        "batch's row": batches::get(s, c, hers.batch);
        "undo of one": undo(s, c, Undo { batch: hers.batch, contact: Some(one) }, &seed);
        "undo": undo(s, c, Undo { batch: BatchId(hers.job.0), contact: None }, &seed);
        "job": job::get(s, c, hers.job);
        "preview": merge::preview(s, c, &[own.0, two]);
        "label": label::get(s, c, hers.label);
        "label in her book": label::create::create(s, c, new_label, &seed);
        "rename a label": label::save::save(s, c, hers.label, any, named("Mine"));
        "merge her label": label::merge::merge(s, c, hers.label, own.1);
        "merge into her label": label::merge::merge(s, c, own.1, hers.other_label);
        "remove a label": label::remove::remove(s, c, hers.other_label, any, false);
        "book": book::list::get(s, c, hers.book);
        "rename her book": book::rename::rename(s, c, hers.book, any, "Mine");
        "her book's access": book::access::list(s, c, hers.book);
        "give her book away": book::access::set(s, c, hers.book, c.account(), Some(Right::Manage));
        "begin an import": import::begin(s, c, into, &seed);
        "import": import::get(s, c, hers.import);
        "import's rows": import::rows(s, c, hers.import, None, None, 9);
        "import's report": import::report(s, c, hers.import);
        "map": import::map(s, c, hers.import, Vec::new());
        "check": import::check(s, c, hers.import);
        "decide": import::decide(s, c, hers.import, 0, Some(Decision::Update), Some(two));
        "run": import::run(s, c, hers.import, Policy::Skip);
        "cancel": import::cancel(s, c, hers.import);
        "forget": import::remove(s, c, hers.import);
        "restore": restore(s, c, hers.binned);
        "merge": merge::merge(s, c, &[own.0, two], None, None, &seed);
        "delete": delete(s, c, hers.binned, any);
        "purge": purge::purge(s, c, hers.binned);
        "remove her book": book::remove::remove(s, c, hers.book, any);
    }
}

/// A book, a contact and a label of the caller's own.
async fn own(w: &World, c: &Caller) -> (ContactId, LabelId, BookId) {
    let book = c.scope().books().next().unwrap().0;
    let new = NewContact { book: Some(book), card: model(ann()), ..NewContact::default() };
    let contact = create::create(&w.s, c, new, &Seed::default()).await.unwrap().value.stored.id;
    let new = NewLabel { id: None, book, name: "Own".into(), hue: None };
    let label = label::create::create(&w.s, c, new, &Seed::default()).await.unwrap().value.id;
    (contact, label, book)
}

#[tokio::test]
async fn every_verb_finds_nothing_by_somebody_elses_id_and_changes_nothing() {
    let w = world().await;
    let hers = hers(&w).await;
    let before = w.s.database.heads(w.noor.scope()).await.unwrap();
    for caller in [w.stranger().await, w.member("Bo").await] {
        let own = own(&w, &caller).await;
        for (what, answer) in asked(&w, &caller, &hers, own).await {
            // What stands inside the body of a request that is one's own is named; everything else is not there.
            let named =
                matches!(&answer, Err(Error::Invalid { field, .. }) if field == "/labels/0" || field == "/into");
            assert!(named || matches!(answer, Err(Error::NotFound)), "{what}: {answer:?}");
        }
    }
    assert_eq!(w.s.database.heads(w.noor.scope()).await.unwrap(), before);
}

#[tokio::test]
async fn control_the_owner_is_answered_each_of_these_questions() {
    let w = world().await;
    let hers = hers(&w).await;
    let own = own(&w, &w.noor).await;
    for (what, answer) in asked(&w, &w.noor, &hers, own).await {
        // Her only book stays, and it is hers already.
        let refused =
            matches!(&answer, Err(Error::Conflict { .. }) if what.ends_with("book away") || what == "remove her book");
        assert!(answer.is_ok() || refused, "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn a_row_is_decided_onto_a_contact_of_its_own_book_only() {
    let w = world().await;
    let hers = hers(&w).await;
    let decide = async |caller: &Caller, import, contact| {
        import::decide(&w.s, caller, import, 0, Some(Decision::Update), Some(contact)).await.map(drop)
    };
    let bo = w.member("Bo").await;
    let bos = own(&w, &bo).await.0;
    for other in [bos, ContactId(Uuid::now_v7()), hers.binned] {
        assert!(matches!(decide(&w.noor, hers.import, other).await, Err(Error::NotFound)), "{other}");
    }
    let elsewhere = book::NewBook { name: "Work".into(), shared: false };
    let work = book::create::create(&w.s, &w.noor, elsewhere, &Seed::default()).await.unwrap().value.id;
    let noor = w.again(&w.noor).await;
    let moved = relocate(&w.s, &noor, hers.contacts[1], work, Seen::Any).await.unwrap().value.stored.id;
    assert!(matches!(decide(&noor, hers.import, moved).await, Err(Error::NotFound)), "in another of her books");
    decide(&noor, hers.import, hers.contacts[0]).await.unwrap();
}
