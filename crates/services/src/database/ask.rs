//! How the one who holds a database asks and changes it, whichever it is: SQLite answers on the spot, the others over a
//! connection that is lent for the call, and what another transaction was in the way of is tried again.

/// Asks a question written as `call(s, …)`; `glance`, where a few rows are looked up by their keys.
macro_rules! ask {
    ($self:ident, |$s:ident| $call:expr) => {
        ask!($self, read, |$s| $call)
    };
    ($self:ident, $how:ident, |$s:ident| $call:expr) => {
        match &$self.engine {
            $crate::database::relational::Engine::Sqlite(sqlite) => {
                sqlite.readers.$how(|$s| $crate::database::session::now($call)).map_err(rolo_core::Error::from)
            }
            $crate::database::relational::Engine::MySql(network) => ask!(network, |$s| $call, over),
            $crate::database::relational::Engine::Postgres(network) => ask!(network, |$s| $call, over),
        }
    };
    ($network:ident, |$s:ident| $call:expr, over) => {{
        let mut call = $network.call();
        loop {
            let mut lease = $network.lease().await?;
            let outcome = {
                let $s = &mut lease.session()?;
                call.within($call).await
            };
            match lease.end(outcome) {
                Err(fault) => call.ask_again(fault)?,
                Ok(answer) => break Ok(answer),
            }
        }
    }};
}

/// Changes something, in one transaction, unless the database is sealed; the call answers a
/// [`Done`](crate::database::sqlite::Done).
macro_rules! tell {
    ($self:ident, |$s:ident| $call:expr) => {
        tell!($self, $crate::database::sqlite::Size::Any, |$s| $call)
    };
    ($self:ident, $size:expr, |$s:ident| $call:expr) => {
        $crate::database::ask::tell_past!($self, $size, |$s| async {
            $crate::database::copy::seal::check($s).await?;
            $call.await
        })
    };
}

/// Changes something, in one transaction, whatever the seal says: for whoever moves or fills the database.
macro_rules! tell_past {
    ($self:ident, $size:expr, |$s:ident| $call:expr) => {
        match &$self.engine {
            $crate::database::relational::Engine::Sqlite(sqlite) => {
                let told = sqlite.writer.write($size, move |$s| $crate::database::session::now($call)).await;
                told.map_err(rolo_core::Error::from)
            }
            $crate::database::relational::Engine::MySql(network) => {
                $crate::database::ask::tell_past!($self, network, |$s| $call, over)
            }
            $crate::database::relational::Engine::Postgres(network) => {
                $crate::database::ask::tell_past!($self, network, |$s| $call, over)
            }
        }
    };
    ($self:ident, $network:ident, |$s:ident| $call:expr, over) => {{
        let mut call = $network.call();
        loop {
            let mut lease = $network.begin().await?;
            let outcome = {
                let $s = &mut lease.session()?;
                call.within($call).await
            };
            match lease.settle(&call, outcome).await {
                Err(fault) => call.again(fault).await?,
                Ok(done) => break Ok($self.noted(done)),
            }
        }
    }};
}

/// An answer that changes none of the newest numbers.
macro_rules! quiet {
    ($call:expr) => {
        async { Ok($crate::database::sqlite::Done { answer: $call.await?, heads: Vec::new() }) }
    };
}

pub(crate) use {ask, quiet, tell, tell_past};
