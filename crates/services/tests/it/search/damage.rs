//! The loss of the index: nothing waits for it, and it comes back empty, ready to be filled.

use std::fs;

use rolo_core::Error;

use super::*;

async fn filled() -> Shelf {
    Shelf::with((1..=300).map(|n| named(n, &format!("Ann Lee{n}"))).collect()).await
}

fn reopened(shelf: &Shelf) -> Arc<dyn SearchIndex> {
    search::open(&format!("fts:{}", shelf.path.display())).unwrap()
}

/// Empty, without a cursor, and of use again.
async fn begins_again(index: &dyn SearchIndex) {
    assert_eq!(cursor(index, BOOK).await, None);
    assert_eq!(index.find(&plan("ann", &[BOOK]), None, 9).await.unwrap(), Hits::default());
    assert!(index.apply(BOOK, None, at(3), vec![named(5, "Ann Lee")], Vec::new()).await.unwrap());
    assert_eq!(numbers(&index.find(&plan("ann", &[BOOK]), None, 9).await.unwrap()), [5]);
}

/// Closes the index, so that the file holds everything.
fn closed(shelf: Shelf) -> Shelf {
    Shelf { index: search::open("fts:nowhere").unwrap(), ..shelf }
}

#[tokio::test]
async fn a_sound_file_is_kept() {
    let shelf = closed(filled().await);
    let index = reopened(&shelf);
    assert_eq!(cursor(&*index, BOOK).await, Some(at(1)));
    assert_eq!(index.find(&plan("ann", &[BOOK]), None, 9).await.unwrap().total, 300);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_replaced() {
    let shelf = closed(filled().await);
    fs::write(&shelf.path, "this was a search index once, before the disk had other plans ".repeat(400)).unwrap();
    begins_again(&*reopened(&shelf)).await;
}

#[tokio::test]
async fn a_database_of_someone_else_is_replaced() {
    let shelf = closed(filled().await);
    fs::remove_file(&shelf.path).unwrap();
    rusqlite::Connection::open(&shelf.path)
        .unwrap()
        .execute_batch("create table theirs (x); insert into theirs values (1);")
        .unwrap();
    begins_again(&*reopened(&shelf)).await;
}

#[tokio::test]
async fn an_index_of_another_version_is_replaced() {
    let shelf = closed(filled().await);
    rusqlite::Connection::open(&shelf.path).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    begins_again(&*reopened(&shelf)).await;
}

#[tokio::test]
async fn a_missing_table_is_met_at_the_door() {
    let shelf = closed(filled().await);
    rusqlite::Connection::open(&shelf.path).unwrap().execute_batch("drop table word").unwrap();
    begins_again(&*reopened(&shelf)).await;
}

#[tokio::test]
async fn damage_inside_is_met_when_it_is_read() {
    let shelf = closed(filled().await);
    let mut bytes = fs::read(&shelf.path).unwrap();
    // The first page stays, so the file opens; everything behind it is rubbish.
    bytes[4_096..].fill(0xa5);
    fs::write(&shelf.path, &bytes).unwrap();
    let index = reopened(&shelf);
    let first = index.find(&plan("ann", &[BOOK]), None, 9).await;
    assert!(matches!(first, Err(Error::Unavailable { service: "search", .. }) | Ok(_)), "{first:?}");
    begins_again(&*index).await;
}

#[tokio::test]
async fn damage_under_an_open_index_ends_in_a_new_one() {
    let shelf = filled().await;
    let connection = rusqlite::Connection::open(&shelf.path).unwrap();
    // FTS5's leaves, made unreadable behind its back; rows 1 and 10 are its totals and its tree.
    connection.execute_batch("update token_data set block = x'ffffffff00' where id > 10").unwrap();
    drop(connection);
    let index = &shelf.index;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(index.find(&plan("ann", &[BOOK]), None, 9).await);
        drop(index.apply(BOOK, Some(at(1)), at(1), vec![named(1, "Bo")], Vec::new()).await);
    }
    assert!(
        answers.iter().any(|answer| matches!(answer, Err(Error::Unavailable { service: "search", .. }))),
        "{answers:?}"
    );
    assert!(index.find(&plan("ann", &[BOOK]), None, 9).await.is_ok());
    // What belongs behind the lost state is refused, so that nobody takes the new file for a whole one.
    assert!(!index.apply(BOOK, Some(at(1)), at(2), vec![named(1, "Bo")], Vec::new()).await.unwrap());
    begins_again(&**index).await;
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_unavailable_until_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("later").join("search.db");
    let index = search::open(&format!("fts:{}", path.display())).unwrap();
    assert!(matches!(index.cursors().await, Err(Error::Unavailable { service: "search", .. })));
    fs::create_dir(path.parent().unwrap()).unwrap();
    begins_again(&*index).await;
}

#[test]
fn only_the_embedded_index_is_known() {
    for url in ["", "fts:", "opensearch://localhost", "search.db"] {
        assert!(matches!(search::open(url).err(), Some(Error::Invalid { .. })), "{url}");
    }
}
