//! Backup, destroy, restore, compare: between every two databases, by the folder and by the file.

use rolo_core::contracts::Database;
use rolo_services::{
    backup::{Place as Archived, restore},
    database::{connect, copy::Epochs},
};

use super::world::{Beside, looked_at, quiet};
use crate::database::{
    copy::{assert_same, furnish},
    technology::{Place, Technology, run_two},
    world::World,
};

macro_rules! pairs {
    ($($module:ident $first:ident $second:ident),* $(,)?) => { $(
        #[test]
        fn $module() {
            run_two(Technology::$first, Technology::$second, what_was_backed_up_is_restored_the_same);
        }
    )* };
}

pairs![
    sqlite_sqlite Sqlite Sqlite, sqlite_mysql Sqlite MySql, sqlite_postgres Sqlite Postgres,
    mysql_sqlite MySql Sqlite, mysql_mysql MySql MySql, mysql_postgres MySql Postgres,
    postgres_sqlite Postgres Sqlite, postgres_mysql Postgres MySql, postgres_postgres Postgres Postgres,
];

async fn what_was_backed_up_is_restored_the_same(world: World, place: Place) {
    furnish(&world).await;
    let beside = Beside::with_files().await;
    beside.taken(&world.db, &beside.backups()).await.unwrap();
    let archive = looked_at(&beside.backups()).await.unwrap();
    let manifest = archive.manifest();
    assert!(manifest.tables.iter().all(|table| table.rows > 0), "a table is empty: it would not be missed");
    assert_eq!((manifest.files.len(), manifest.rows("account")), (2, 3));

    let (target, elsewhere) = (place.open().await, Beside::empty());
    restore(&archive, &target, elsewhere.storage.as_ref(), Epochs::Kept, &quiet).await.unwrap();
    assert_same(&mut world.db.frozen().await.unwrap(), &mut target.frozen().await.unwrap()).await;
    assert_eq!(elsewhere.files().await, beside.files().await);
    drop(target);
    let target = connect(&place.url, false).await.unwrap();
    assert_eq!(target.secret_key().await.unwrap(), world.db.secret_key().await.unwrap());
    // Where accounts are, nothing is written back.
    let refused = restore(&archive, &target, elsewhere.storage.as_ref(), Epochs::New, &quiet).await;
    assert!(refused.unwrap_err().to_string().contains("has accounts"));
}

#[test]
fn one_file_holds_everything_and_restored_books_begin_a_new_epoch() {
    run_two(Technology::Sqlite, Technology::Sqlite, async |world: World, place: Place| {
        furnish(&world).await;
        let beside = Beside::with_files().await;
        let file = Archived::of(beside.path("book.rolo"));
        assert!(matches!(file, Archived::File(_)));
        beside.taken(&world.db, &file).await.unwrap();
        assert!(!beside.path("book.rolo.part").exists());
        let archive = looked_at(&file).await.unwrap();
        let (target, elsewhere) = (place.open().await, Beside::empty());
        restore(&archive, &target, elsewhere.storage.as_ref(), Epochs::New, &quiet).await.unwrap();
        assert_eq!(elsewhere.files().await, beside.files().await);
        let scope = world.ada.scope();
        let (then, now) = (world.db.heads(scope).await.unwrap(), target.heads(scope).await.unwrap());
        assert_eq!(then.books[0].modseq, now.books[0].modseq);
        assert!(then.books[0].epoch < now.books[0].epoch, "what phones know would still hold");
    });
}
