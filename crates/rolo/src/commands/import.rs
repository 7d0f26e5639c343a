//! stub
use super::{
    cli::CheckName,
    task::{Input, Voice},
};
use crate::{admin::Done, wire::Machine};
pub(crate) struct Request {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) book: Option<String>,
    pub(crate) dry_run: bool,
    pub(crate) check: CheckName,
}
pub(crate) async fn run(_: &Machine, _: Request, _: Input, _: &Voice) -> rolo_core::Result<Done> {
    Err(rolo_core::Error::NotFound)
}
