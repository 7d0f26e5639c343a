//! What the networked databases share: their connections, how long anything may take, what is tried again, and a pulse
//! that ends every call at once when the server falls silent.

mod call;
mod lease;
mod pulse;
mod trust;

use std::time::Duration;

use deadpool::{
    Runtime,
    managed::{Manager, Metrics, Pool, PoolError, RecycleResult, Timeouts},
};
use rolo_core::{Error, Result};
use sqlx::{ConnectOptions, Connection};

use self::pulse::Pulse;
pub(crate) use self::{
    call::{Call, unsaid},
    lease::Lease,
    trust::{is_near, says_how},
};
use super::{
    fault::{Fault, Held, down},
    session::Session,
};

/// How long to wait for a connection when all are in use, and for a new one.
const CONNECT: Duration = Duration::from_secs(5);
/// Connections of one process, when nobody says otherwise.
pub(crate) const CONNECTIONS: usize = 16;

/// One of the networked databases, as the pool and the pulse need to know it.
pub(crate) trait Driver: sqlx::Database {
    /// What every connection is told first.
    const SETTINGS: &'static [&'static str];

    /// How a transaction begins.
    const BEGIN: &'static str;

    /// How a picture of everything begins: a transaction that only reads and sees nothing written later.
    const PICTURE: &'static [&'static str];

    /// What an error of this driver means.
    fn fault(error: sqlx::Error) -> Fault;

    /// A connection that takes statements.
    fn session(connection: &mut Self::Connection) -> Session<'_>;
}

/// How a driver's connections are made.
pub(crate) type Options<D> = <<D as sqlx::Database>::Connection as Connection>::Options;

/// A database at the other end of the network.
pub(crate) struct Network<D: Driver> {
    pool: Pool<Door<D>>,
    pulse: Pulse,
}

impl<D: Driver> std::fmt::Debug for Network<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("connections", &self.pool.status()).field("pulse", &self.pulse).finish()
    }
}

impl<D: Driver> Network<D> {
    /// Connects once, to see that it can be done, and watches the server from then on.
    pub(crate) async fn connect(options: Options<D>, connections: usize) -> Result<(Self, D::Connection)> {
        let first = open::<D>(&options).await?;
        let pool = Pool::builder(Door::<D>(options.clone()))
            .max_size(connections.max(1))
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts { wait: Some(CONNECT), create: Some(CONNECT), recycle: None })
            .build()
            .map_err(Error::internal)?;
        let emptied = pool.clone();
        let pulse = Pulse::of::<D>(options, move || drop(emptied.retain(|_, _| false)));
        Ok((Self { pool, pulse }, first))
    }

    /// A connection for one call.
    pub(crate) async fn lease(&self) -> Held<Lease<'_, D>> {
        let taken = self.pulse.unless_down(async {
            self.pool.get().await.map_err(|error| match error {
                PoolError::Backend(fault) => fault,
                PoolError::Timeout(which) => down(format!("no connection in time ({which:?})")),
                PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => down("no pool"),
            })
        });
        Ok(Lease::new(self, taken.await?))
    }

    /// A connection with a transaction begun. One that died while nobody used it is replaced.
    pub(crate) async fn begin(&self) -> Held<Lease<'_, D>> {
        let mut lease = self.lease().await?;
        match lease.begin().await {
            Err(Fault::Lost(_)) => {
                lease.spoil();
                self.forget_idle();
                let mut lease = self.lease().await?;
                lease.begin().await?;
                Ok(lease)
            }
            Ok(()) => Ok(lease),
            Err(fault) => Err(fault),
        }
    }

    /// A connection for one reader alone, from which it sees everything as it is now.
    pub(crate) async fn picture(&self) -> Held<D::Connection> {
        self.pulse
            .unless_down(async {
                let mut connection = open::<D>(&self.pool.manager().0).await?;
                for sql in D::PICTURE {
                    D::session(&mut connection).plain(sql).await?;
                }
                Ok(connection)
            })
            .await
    }

    /// When one connection is found dead, those that lie idle beside it are too: the server went, or a wall between.
    pub(crate) fn forget_idle(&self) {
        drop(self.pool.retain(|_, _| false));
    }

    pub(crate) fn call(&self) -> Call<'_> {
        Call::new(&self.pulse)
    }
}

/// Makes connections for the pool.
struct Door<D: Driver>(Options<D>);

impl<D: Driver> Manager for Door<D> {
    type Type = D::Connection;
    type Error = Fault;

    async fn create(&self) -> std::result::Result<D::Connection, Fault> {
        open::<D>(&self.0).await
    }

    /// Whoever uses a connection finds out soonest whether it lives; asking first would cost a round trip each time.
    async fn recycle(&self, _: &mut D::Connection, _: &Metrics) -> RecycleResult<Fault> {
        Ok(())
    }
}

/// A new connection that has been told what each is told.
async fn open<D: Driver>(options: &Options<D>) -> Held<D::Connection> {
    let opened = async {
        let mut connection = options.connect().await.map_err(D::fault)?;
        for setting in D::SETTINGS {
            D::session(&mut connection).execute(setting, &[]).await?;
        }
        Ok(connection)
    };
    tokio::time::timeout(CONNECT, opened).await.unwrap_or_else(|_| Err(down("no connection in time")))
}
