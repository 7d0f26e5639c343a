//! A stream of what is there already.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use rolo_core::contracts::storage::Stream;

/// One piece after the other.
pub(crate) struct Pieces<I>(pub(crate) I);

impl<I: Iterator + Unpin> Stream for Pieces<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}
