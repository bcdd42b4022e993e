//! Doing something to a plan.

use super::{
    balance::{BestMove, PricedMove},
    desks::{self, Held, Open},
    look::{self, PlaceFeature},
};
use crate::{
    disclosure::Viewer,
    place::Id,
    plan::{
        Body, Entry, Operation, Outcome, PlanError, PlanState,
        balance::{Village, Wish, villages},
    },
    service::{Service, ServiceError},
    store::StoreError,
};
use chrono::Utc;
use std::sync::Arc;

/// How often an entry is tried again because another process was quicker.
const ATTEMPTS: u32 = 5;

/// What somebody wants to do to a plan.
#[derive(Clone, Debug)]
pub struct Command {
    /// The last entry that they know of.
    pub after: i64,
    pub by: String,
    pub why: Option<String>,
    pub body: Body,
}

/// Households that are to go to another grid.
#[derive(Clone, Debug)]
pub struct Flip {
    pub after: i64,
    pub by: String,
    pub why: Option<String>,
    pub households: Vec<Id>,
    /// A grid or micro-grid.
    pub to: Id,
    /// Only says what it would make different.
    pub preview: bool,
}

/// Households that may go at once.
const MOST_FLIPPED: usize = 10_000;

/// What came of it.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub seq: i64,
    pub head: i64,
    pub can_undo: bool,
    pub can_redo: bool,
    pub state: PlanState,
    /// All entries that the caller did not know of, their own last.
    pub entries: Vec<Entry>,
    pub outcome: Outcome,
    /// The places that are another now.
    pub places: Vec<PlaceFeature>,
    pub removed: Vec<Id>,
    /// The draft stands on another base now: everything has to be looked at again.
    pub reload: bool,
}

impl Service {
    /// Does something to a plan and writes it to the log; when this returns, it is on disk.
    ///
    /// What others did since `command.after` stays: an operation on other ground goes on top of it, anything else is refused.
    ///
    /// # Errors
    /// [`ServiceError::PlanMovedOn`] with what others did; [`ServiceError::Plan`] where it can't be done;
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Store`]. The plan is then as it was.
    pub async fn draw(self: &Arc<Self>, viewer: Viewer, id: Id, command: Command) -> Result<Drawn, ServiceError> {
        check_words(&command)?;
        // To its end, also where the caller goes away meanwhile: between trying out and writing, desk and log differ.
        let service = Arc::clone(self);
        tokio::spawn(async move { service.draw_to_the_end(viewer, id, command).await }).await?
    }

    async fn draw_to_the_end(&self, viewer: Viewer, id: Id, command: Command) -> Result<Drawn, ServiceError> {
        for _ in 0..ATTEMPTS {
            let held = self.desk(viewer, id).await?;
            let wanted = command.clone();
            let (held, news) = held.work(move |open| conflict_free(open, &wanted)).await?;
            match self.write_entry(held, id, &command).await {
                Err(ServiceError::Store(StoreError::PlanMovedOn { .. })) => {}
                Ok((mut held, entry, outcome, reload)) => {
                    let mut entries = news;
                    entries.push(entry);
                    return Ok(drawn(held.open()?, entries, outcome, reload));
                }
                Err(error) => return Err(error),
            }
        }
        Err(ServiceError::BadQuery("the plan changes all the time; try again in a moment".to_owned()))
    }

    /// What an operation would make different.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub async fn preview(&self, viewer: Viewer, id: Id, operation: Operation) -> Result<Drawn, ServiceError> {
        let held = self.desk(viewer, id).await?;
        let (_, drawn) = held
            .work(move |open| {
                let outcome = open.desk.preview(&operation)?;
                Ok(drawn(open, Vec::new(), outcome, false))
            })
            .await?;
        Ok(drawn)
    }

    /// Brings households into a grid, with the ground around them.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub async fn flip(self: &Arc<Self>, viewer: Viewer, id: Id, command: Flip) -> Result<Drawn, ServiceError> {
        let Flip { after, by, why, households, to, preview } = command;
        if households.len() > MOST_FLIPPED {
            let given = households.len();
            return Err(ServiceError::BadQuery(format!("households: {given} are too many at once; at most {MOST_FLIPPED}")));
        }
        let held = self.desk(viewer, id).await?;
        let (held, operation) = held.work(move |open| Ok(open.desk.flip(&households, to)?)).await?;
        drop(held);
        if preview {
            return self.preview(viewer, id, operation).await;
        }
        self.draw(viewer, id, Command { after, by, why, body: Body::Operate(operation) }).await
    }

    /// Tries an entry out, writes it, and puts it on the desk.
    async fn write_entry(&self, held: Held, id: Id, command: &Command) -> Result<(Held, Entry, Outcome, bool), ServiceError> {
        let wanted = command.clone();
        let tried = move |open: &mut Open| {
            let desk = &mut open.desk;
            let seq = desk.history().seq() + 1;
            let Command { by, why, body, .. } = wanted;
            let leaves = desk.leaves_the_base(seq, &body);
            let outcome = if leaves {
                desk.history().check(&by, &body)?;
                Outcome::default()
            } else {
                desk.try_out(&by, &body)?
            };
            let entry = Entry { seq, at: now(), author: by.trim().to_owned(), why, body };
            let mut after = desk.history().clone();
            after.add(&entry);
            Ok((entry, outcome, desks::summary(&after), leaves))
        };
        let (mut held, (entry, outcome, summary, leaves)) = held.work(tried).await?;
        let written = async {
            let mut writer = self.store.write().await?;
            writer.append_to_plan(id, entry.seq - 1, &summary, &[desks::to_store(&entry)?]).await?;
            writer.commit().await?;
            Ok::<_, ServiceError>(())
        };
        if let Err(error) = written.await {
            // What was tried out is not in the log: whoever comes next reads the plan anew.
            held.close();
            return Err(error);
        }
        let open = held.open()?;
        open.desk.accept(entry.clone());
        if leaves {
            held.close();
            drop(held);
            held = self.open_desk(id).await?;
        }
        Ok((held, entry, outcome, leaves))
    }
}

/// The moves that `best` chooses, each tried out.
pub(super) fn priced_moves(
    open: &mut Open,
    wish: &Wish,
    n: usize,
    best: impl Fn(&[Village], usize) -> Vec<BestMove>,
) -> Result<Vec<PricedMove>, ServiceError> {
    let desk = &mut open.desk;
    let before = desk.live().totals();
    let mut priced = Vec::new();
    for it in best(&villages(desk, wish)?, n) {
        let homes = &desk.live().evidence().homes;
        let households: Vec<Id> = it.households.iter().map(|i| homes[*i as usize].id).collect();
        let at = it.households.first().and_then(|i| homes[*i as usize].at);
        // What can't be done (a lock, a place too narrow) is no suggestion.
        let Ok(outcome) = desk.flip(&households, it.to).and_then(|operation| desk.preview(&operation)) else { continue };
        let BestMove { from, to, imbalance, .. } = it;
        priced.push(PricedMove { households, from, to, at, outcome, before: before.clone(), imbalance });
    }
    Ok(priced)
}

/// As the store keeps it: to the millisecond.
pub(super) fn now() -> chrono::DateTime<Utc> {
    use chrono::SubsecRound as _;
    Utc::now().round_subsecs(3)
}

fn drawn(open: &Open, entries: Vec<Entry>, outcome: Outcome, reload: bool) -> Drawn {
    let history = open.desk.history();
    let draft = open.desk.draft();
    let (here, removed): (Vec<Id>, Vec<Id>) = outcome.places.iter().partition(|id| draft.attributes(**id).is_some());
    Drawn {
        seq: history.seq(),
        head: history.head(),
        can_undo: history.can_undo(),
        can_redo: history.can_redo(),
        state: history.state(),
        entries,
        places: here.into_iter().filter_map(|id| look::feature(draft, id)).collect(),
        removed,
        outcome,
        reload,
    }
}

fn check_words(command: &Command) -> Result<(), ServiceError> {
    let most = crate::plan::LONGEST_TEXT;
    match &command.why {
        Some(why) if why.chars().count() > most => {
            Err(PlanError::Length { what: "the reason", given: why.chars().count(), most }.into())
        }
        _ => Ok(()),
    }
}

/// The entries that the caller does not know of, if what they want to do does not meet them.
fn conflict_free(open: &mut Open, command: &Command) -> Result<Vec<Entry>, ServiceError> {
    let desk = &mut open.desk;
    if command.after > desk.history().seq() || command.after < 0 {
        let last = desk.history().seq();
        return Err(ServiceError::BadQuery(format!("after={}: the last entry is {last}", command.after)));
    }
    let news: Vec<Entry> = desk.entries().iter().filter(|entry| entry.seq > command.after).cloned().collect();
    if news.iter().all(|entry| is_aside(&entry.body)) || is_aside(&command.body) {
        return Ok(news);
    }
    let moved_on = || ServiceError::PlanMovedOn { entries: news.clone() };
    let Body::Operate(operation) = &command.body else { return Err(moved_on()) };
    let wanted = desk.ground_of_new(operation)?;
    for entry in news.iter().filter(|entry| !is_aside(&entry.body)) {
        let theirs = desk.ground_of(entry.seq).ok_or_else(moved_on)?;
        if !theirs.is_disjoint(&wanted) {
            return Err(moved_on());
        }
    }
    Ok(news)
}

/// Entries that leave the draft alone.
const fn is_aside(body: &Body) -> bool {
    matches!(body, Body::Comment { .. } | Body::Snapshot { .. } | Body::Rename { .. } | Body::Share { .. } | Body::Unshare)
}
