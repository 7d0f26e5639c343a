//! Following the change table: what was applied is found, and how far it came is known.

use super::*;

#[tokio::test]
async fn an_edit_is_found_and_what_it_replaced_is_not() {
    let shelf =
        Shelf::with(vec![labelled(1, json!({"name": {"full": "Ann Lee"}, "phones": {"a": {"number": "112"}}}), &[1])])
            .await;
    shelf.apply(BOOK, at(2), vec![named(1, "Ann Smith")], Vec::new()).await;
    shelf.only(1, &["smith", "ann", "no:phone", "no:label"]).await;
    shelf.nobody(&["112", "label:family", "has:phone"]).await;
    assert_eq!(shelf.hits("ann").await.total, 1);
    // Lee is one edit from nothing here: what is left of the old name in the typo forms finds nobody.
    shelf.nobody(&["leee"]).await;
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    let shelf = Shelf::with(vec![named(1, "Ann Lee"), named(2, "Bo Lee")]).await;
    for _ in 0..3 {
        shelf.apply(BOOK, at(1), vec![named(2, "Bo Lee"), named(1, "Ann Lee")], vec![id(9)]).await;
    }
    assert_eq!(shelf.found("lee").await, [1, 2]);
}

#[tokio::test]
async fn what_is_gone_is_not_found() {
    let shelf = Shelf::with(vec![named(1, "Ann Lee"), named(2, "Bo Lee")]).await;
    shelf.apply(BOOK, at(2), Vec::new(), vec![id(1)]).await;
    shelf.only(2, &["lee", ""]).await;
    shelf.nobody(&["ann"]).await;
    shelf.apply(BOOK, at(3), vec![named(1, "Ann Lee")], Vec::new()).await;
    assert_eq!(shelf.found("lee").await.len(), 2, "and found again when it comes back");
}

#[tokio::test]
async fn the_same_contact_id_in_two_books_is_two_rows() {
    let shelf = Shelf::with(vec![named(1, "Ann Lee")]).await;
    let second = book(1, 2);
    shelf.apply(second, at(1), vec![named(1, "Ann Lee")], Vec::new()).await;
    shelf.apply(BOOK, at(2), Vec::new(), vec![id(1)]).await;
    let hits = shelf.index.find(&plan("ann", &[BOOK, second]), None, 9).await.unwrap();
    assert_eq!(hits.items.iter().map(|hit| hit.book).collect::<Vec<_>>(), [second]);
}

#[tokio::test]
async fn the_cursor_stays_with_what_was_applied() {
    let shelf = Shelf::empty();
    assert_eq!(cursor(&*shelf.index, BOOK).await, None);
    let far = Cursor { epoch: u64::MAX, upto: Modseq(u64::MAX - 1) };
    shelf.apply(BOOK, at(41), Vec::new(), Vec::new()).await;
    shelf.apply(book(1, 2), far, Vec::new(), Vec::new()).await;
    // Another process opens the same file.
    let again = search::open(&format!("fts:{}", shelf.path.display())).unwrap();
    assert_eq!(cursor(&*again, BOOK).await, Some(at(41)));
    assert_eq!(cursor(&*again, book(1, 2)).await, Some(far));
    assert_eq!(cursor(&*again, book(2, 1)).await, None);
}

#[tokio::test]
async fn changes_that_belong_elsewhere_are_refused() {
    let shelf = Shelf::with(vec![named(1, "Ann Lee")]).await;
    for since in [None, Some(at(0)), Some(at(2)), Some(Cursor { epoch: 8, upto: Modseq(1) })] {
        assert!(!shelf.index.apply(BOOK, since, at(3), vec![named(2, "Bo Lee")], vec![id(1)]).await.unwrap());
    }
    shelf.only(1, &["lee"]).await;
    assert_eq!(cursor(&*shelf.index, BOOK).await, Some(at(1)));
    shelf.index.clear().await.unwrap();
    assert!(!shelf.index.apply(BOOK, Some(at(1)), at(2), vec![named(2, "Bo Lee")], Vec::new()).await.unwrap());
    assert_eq!(shelf.index.cursors().await.unwrap(), []);
}

#[tokio::test]
async fn another_epoch_starts_the_book_again() {
    let shelf = Shelf::with(vec![named(1, "Ann Lee"), named(2, "Bo Lee")]).await;
    let restored = Cursor { epoch: 8, upto: Modseq(1) };
    shelf.apply(BOOK, restored, vec![named(2, "Bo Lee")], Vec::new()).await;
    shelf.only(2, &["lee"]).await;
    assert_eq!(cursor(&*shelf.index, BOOK).await, Some(restored));
}

#[tokio::test]
async fn a_forgotten_book_is_empty_and_others_stay() {
    let shelf = Shelf::with((1..=50).map(|n| named(n, "Ann Lee")).collect()).await;
    let second = book(1, 2);
    shelf.apply(second, at(1), vec![named(99, "Ann Lee")], Vec::new()).await;
    shelf.index.forget(BOOK).await.unwrap();
    shelf.index.forget(book(5, 5)).await.unwrap();
    shelf.nobody(&["ann", "annn", ""]).await;
    assert_eq!(cursor(&*shelf.index, BOOK).await, None);
    assert_eq!(numbers(&shelf.index.find(&plan("ann", &[second]), None, 9).await.unwrap()), [99]);
}

#[tokio::test]
async fn an_index_is_built_again_from_nothing() {
    let shelf = Shelf::with((1..=50).map(|n| named(n, "Ann Lee")).collect()).await;
    shelf.index.clear().await.unwrap();
    assert_eq!(cursor(&*shelf.index, BOOK).await, None);
    shelf.nobody(&["ann", ""]).await;
    shelf.apply(BOOK, at(2), vec![named(7, "Ann Lee")], Vec::new()).await;
    shelf.only(7, &["ann", ""]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_whole_batches_while_one_writes() {
    let shelf = Shelf::with((1..=20).map(|n| named(n, "Ann Lee")).collect()).await;
    let writer = Arc::clone(&shelf.index);
    let writing = tokio::spawn(async move {
        for round in 2..40 {
            let name = if round % 2 == 0 { "Bo Lee" } else { "Ann Lee" };
            let docs = (1..=20).map(|n| named(n, name)).collect();
            assert!(writer.apply(BOOK, Some(at(round - 1)), at(round), docs, Vec::new()).await.unwrap());
        }
    });
    let mut looked = 0;
    while !writing.is_finished() || looked == 0 {
        let (ann, lee) = tokio::join!(shelf.hits("ann"), shelf.hits("lee"));
        assert!(ann.total == 0 || ann.total == 20, "half a batch: {}", ann.total);
        assert_eq!(lee.total, 20);
        looked += 1;
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn an_answer_says_how_far_it_had_come() {
    let shelf = Shelf::with(vec![named(1, "Ann Lee")]).await;
    let (second, unknown) = (book(1, 2), book(1, 3));
    shelf.apply(second, at(7), Vec::new(), Vec::new()).await;
    for query in ["ann", "nobody of this name"] {
        let hits = shelf.index.find(&plan(query, &[BOOK, second, unknown]), None, 9).await.unwrap();
        assert_eq!(hits.followed, [(BOOK, at(1)), (second, at(7))], "{query}");
    }
    shelf.apply(BOOK, at(2), vec![named(2, "Ann Smith")], Vec::new()).await;
    assert_eq!(shelf.hits("ann").await.followed, [(BOOK, at(2))]);
}
