//! Backups by the clock: when they are taken and tried out, and what is said when that fails.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error, Result,
    contracts::{Backups, Clock, backup::BackupState},
};
use rolo_worker::schedule::backup::{Plan, pass};

use crate::world::{World, world};

/// Backups that go well or do not.
struct Shelf {
    clock: Arc<dyn Clock>,
    state: Mutex<BackupState>,
    taken: Mutex<Vec<Timestamp>>,
    ill: Mutex<Option<&'static str>>,
}

impl Shelf {
    fn beside(w: &World) -> Arc<Self> {
        let (state, taken, ill) = (Mutex::default(), Mutex::default(), Mutex::default());
        Arc::new(Self { clock: w.s.clock.clone(), state, taken, ill })
    }

    fn fails(&self, what: Option<&'static str>) {
        *self.ill.lock().unwrap() = what;
    }

    fn outcome(&self, what: &str, well: Timestamp) -> Result<Timestamp> {
        if *self.ill.lock().unwrap() == Some(what) { Err(Error::Full) } else { Ok(well) }
    }
}

#[async_trait]
impl Backups for Shelf {
    async fn take(&self) -> Result<Timestamp> {
        let at = self.outcome("take", self.clock.now())?;
        self.taken.lock().unwrap().push(at);
        Ok(at)
    }

    async fn try_out(&self) -> Result<Timestamp> {
        let newest = *self.taken.lock().unwrap().last().unwrap();
        self.outcome("try", newest)
    }

    async fn state(&self) -> Result<BackupState> {
        Ok(self.state.lock().unwrap().clone())
    }

    async fn note(&self, state: BackupState) -> Result<()> {
        *self.state.lock().unwrap() = state;
        Ok(())
    }

    fn longest(&self) -> SignedDuration {
        SignedDuration::from_hours(26)
    }
}

#[tokio::test]
async fn one_is_taken_and_tried_out_each_time_the_clock_says_so() {
    let w = world().await;
    let shelf = Shelf::beside(&w);
    let plan = Plan::new(shelf.clone(), "0 * * * *", "30 * * * *").unwrap();
    pass(&w.s, &plan).await.unwrap();
    let good = shelf.state().await.unwrap().good;
    assert_eq!((shelf.taken.lock().unwrap().len(), good), (0, None), "the hour is not there yet");
    for hour in 1..=3 {
        w.clock.forward(SignedDuration::from_hours(1));
        pass(&w.s, &plan).await.unwrap();
        pass(&w.s, &plan).await.unwrap();
        assert_eq!(shelf.taken.lock().unwrap().len(), hour, "once an hour");
    }
    assert_eq!(shelf.state().await.unwrap().good, shelf.taken.lock().unwrap().last().copied());
    assert_eq!(shelf.alert(w.s.clock.now()).await.unwrap(), None);
}

#[tokio::test]
async fn what_fails_is_said_until_it_goes_well_again() {
    let w = world().await;
    let shelf = Shelf::beside(&w);
    let plan = Plan::new(shelf.clone(), "0 * * * *", "0 * * * *").unwrap();
    let hour = async || {
        w.clock.forward(SignedDuration::from_hours(1));
        pass(&w.s, &plan).await.unwrap();
        shelf.alert(w.s.clock.now()).await.unwrap()
    };
    pass(&w.s, &plan).await.unwrap();
    assert_eq!(hour().await, None);
    shelf.fails(Some("take"));
    assert!(hour().await.unwrap().contains("could not be taken"));
    shelf.fails(Some("try"));
    assert!(hour().await.unwrap().contains("could not be restored in a test"));
    shelf.fails(None);
    assert_eq!(hour().await, None);
    w.clock.forward(SignedDuration::from_hours(27));
    assert!(shelf.alert(w.s.clock.now()).await.unwrap().unwrap().contains("27 hours old"));
    assert!(Plan::new(shelf, "every night", "").is_err());
}
