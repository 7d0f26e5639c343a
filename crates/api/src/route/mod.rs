//! Every route: one table, from which the router, the OpenAPI document and the reference page are made.

pub(crate) mod openapi;
mod operation;
mod router;

pub(crate) use operation::{
    BATCH_BODY, CONTACT_BODY, Gives, Kind, Named, Once, Operation, Param, Takes, Who, may, must,
};
pub(crate) use router::{Found, Router};

/// All operations, in the order of the reference.
pub(crate) fn operations() -> Vec<(&'static str, Vec<Operation>)> {
    vec![
        ("Contacts", crate::contact::operations()),
        ("Bin", crate::binned::operations()),
        ("Labels", crate::label::operations()),
        ("Books", crate::book::operations()),
        ("Batches, merges and undo", crate::batch::operations()),
        ("Imports", crate::import::operations()),
        ("Exports", crate::export::operations()),
        ("Sync", crate::sync::operations()),
        ("Organisations", crate::organisation::operations()),
        ("Account", crate::account::operations()),
        ("Sessions and tokens", crate::session::operations()),
        ("Instance", crate::instance::operations()),
    ]
}
