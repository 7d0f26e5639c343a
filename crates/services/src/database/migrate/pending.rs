//! What would be applied, without applying it.

use rolo_core::Result;

use super::{Step, applied};
use crate::database::{
    OpenOptions, Options,
    fault::Held,
    mysql, postgres,
    session::{Session, now},
};

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The number of its schema; 0: it has none yet.
    pub schema: usize,
    /// The names of the steps that are to come.
    pub steps: Vec<&'static str>,
}

/// Looks at a database, and changes nothing. A file may be another process's.
pub async fn pending(options: &Options, steps: &'static [Step]) -> Result<Pending> {
    let schema = match options.url.split_once(':') {
        Some(("sqlite", path)) => of_file(&OpenOptions { path: path.into(), create: false }, steps)?,
        Some(("mysql" | "mariadb", _)) => {
            let (_network, mut connection) = mysql::reach(options).await?;
            applied(&mut Session::MySql(&mut connection), steps).await?
        }
        Some(("postgres" | "postgresql", _)) => {
            let (_network, mut connection) = postgres::reach(options).await?;
            applied(&mut Session::Postgres(&mut connection), steps).await?
        }
        _ => return Err(crate::database::unknown()),
    };
    Ok(Pending { schema, steps: steps.iter().skip(schema).map(|step| step.name).collect() })
}

fn of_file(options: &OpenOptions, steps: &[Step]) -> Held<usize> {
    options.check()?;
    let mut connection = options.reader()?;
    now(applied(&mut Session::Sqlite(&mut connection), steps))
}
