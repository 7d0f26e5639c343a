//! What an instance writes down about itself for all its processes: rows of `meta` that are this database's own. They say how
//! things stand here, so no backup holds them and no move takes them along.

use rolo_core::{Error, Result};

use super::{
    Relational,
    ask::{ask, tell_past},
    copy::alone,
    fault::Held,
    session::Session,
    sqlite::{Done, Size},
    value::bind,
};

/// Which note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// How the backups stand that the clock takes.
    Backups,
    /// How far the restore of the first-run page is.
    Restore,
}

impl Note {
    fn name(self) -> &'static str {
        match self {
            Self::Backups => "backup-state",
            Self::Restore => "restore-state",
        }
    }
}

impl Relational {
    /// What was written down last, if anything was.
    pub async fn noted_down(&self, note: Note) -> Result<Option<Vec<u8>>> {
        ask!(self, |s| read(s, note))
    }

    /// Writes it down in the place of what was there. Nothing takes it away; a database that is sealed takes it, too.
    pub async fn note_down(&self, note: Note, value: &[u8]) -> Result<()> {
        let value = value.to_vec();
        tell_past!(self, Size::Small, |s| async {
            write(s, note, &value).await?;
            Ok(Done { answer: (), heads: Vec::new() })
        })
    }

    /// Writes it down if what is there is still `before`, and answers whether it was: of several who try, one does.
    pub async fn note_over(&self, note: Note, before: Option<&[u8]>, value: &[u8]) -> Result<bool> {
        let (before, value) = (before.map(<[u8]>::to_vec), value.to_vec());
        tell_past!(self, Size::Small, |s| async {
            alone(s).await?;
            let is_so = read(s, note).await? == before;
            if is_so {
                write(s, note, &value).await?;
            }
            Ok(Done { answer: is_so, heads: Vec::new() })
        })
    }

    /// The name of the instance whose data this is: another one, once a backup was restored into it.
    pub async fn instance(&self) -> Result<String> {
        ask!(self, |s| instance(s))
    }
}

async fn read(s: &mut Session<'_>, note: Note) -> Held<Option<Vec<u8>>> {
    let row = s.row("select value from meta where name = ?", bind![note.name()]).await?;
    Ok(row.map(|mut row| row.blob(0)).transpose()?)
}

async fn write(s: &mut Session<'_>, note: Note, value: &[u8]) -> Held<()> {
    let sql = "insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value";
    s.execute(sql, bind![note.name(), value]).await?;
    Ok(())
}

async fn instance(s: &mut Session<'_>) -> Held<String> {
    let row = s.row("select value from meta where name = 'instance'", &[]).await?;
    let mut row = row.ok_or_else(|| Error::internal("the instance has no name"))?;
    Ok(String::from_utf8(row.blob(0)?).map_err(Error::internal)?)
}
