//! Chunks that are made while others are being written: what is written is answered at once, and not when the making
//! has come to its end.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll},
};

use futures_util::stream::Stream;

/// Chunks in hand at most, the one that is being made included. More would be memory for little.
const IN_HAND: usize = 1;

/// What comes from a stream, a little ahead of whoever takes it.
pub(super) struct Ahead<'s, S: Stream> {
    coming: Option<Pin<&'s mut S>>,
    in_hand: VecDeque<S::Item>,
}

impl<'s, S: Stream> Ahead<'s, S> {
    pub(super) fn of(coming: Pin<&'s mut S>) -> Self {
        Self { coming: Some(coming), in_hand: VecDeque::with_capacity(IN_HAND) }
    }

    /// The next one; `None` behind the last.
    pub(super) async fn next(&mut self) -> Option<S::Item> {
        poll_fn(|context| {
            if self.in_hand.is_empty() {
                self.fill(context, 1);
            }
            match self.in_hand.pop_front() {
                Some(one) => Poll::Ready(Some(one)),
                None if self.coming.is_none() => Poll::Ready(None),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Waits for `work`, and takes in what comes meanwhile.
    pub(super) async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            let done = work.as_mut().poll(context);
            if done.is_pending() {
                self.fill(context, IN_HAND);
            }
            done
        })
        .await
    }

    fn fill(&mut self, context: &mut Context<'_>, most: usize) {
        while self.in_hand.len() < most
            && let Some(coming) = &mut self.coming
        {
            match coming.as_mut().poll_next(context) {
                Poll::Ready(Some(one)) => self.in_hand.push_back(one),
                Poll::Ready(None) => self.coming = None,
                Poll::Pending => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        task::Waker,
    };

    use futures_util::stream::unfold;

    use super::*;
    use crate::import::job::check::breathe;

    /// Runs a future that only ever waits for itself.
    fn run<T>(future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
                return done;
            }
        }
    }

    #[test]
    fn everything_comes_once_in_its_order_however_long_the_work_takes() {
        for patience in [0, 1, 5, 40] {
            let coming = pin!(unfold(0, |n| async move {
                breathe().await;
                (n < 10).then_some((n, n + 1))
            }));
            let mut ahead = Ahead::of(coming);
            let got = run(async {
                let mut got = Vec::new();
                while let Some(n) = ahead.next().await {
                    got.push(n);
                    ahead
                        .beside(async {
                            for _ in 0..patience {
                                breathe().await;
                            }
                        })
                        .await;
                }
                got
            });
            assert_eq!(got, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_is_in_hand_than_one_and_the_work_is_looked_at_between() {
        let made = Cell::new(0);
        let seen = RefCell::new(Vec::new());
        let coming = pin!(unfold((), |()| async {
            breathe().await;
            made.set(made.get() + 1);
            Some(((), ()))
        }));
        let mut ahead = Ahead::of(coming);
        run(async {
            ahead.next().await;
            ahead
                .beside(async {
                    for _ in 0..8 {
                        seen.borrow_mut().push(made.get());
                        breathe().await;
                    }
                })
                .await;
        });
        assert_eq!(*seen.borrow(), [1, 1, 2, 2, 2, 2, 2, 2]);
    }
}
