//! Plans that balance themselves: searches that run beside the requests, and single moves.

use super::{Command, Drawn, draw};
use crate::{
    disclosure::Viewer,
    districting::{
        Budget, Limit, Progress,
        balance::{Candidate, improve_all, next_moves},
    },
    geometry::LonLat,
    place::Id,
    plan::{
        Body, Outcome, Totals,
        balance::{Answer, Village, Wish, villages},
    },
    service::{Service, ServiceError},
};
use std::{
    ops::ControlFlow,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// The longest search.
pub const LONGEST: Duration = Duration::from_mins(10);
/// The most steps of a search that is to be repeatable.
pub const MOST_STEPS: u64 = 10_000_000_000;
/// Searches at once: each takes all cores.
const RUNNING: usize = 1;
/// Searches whose answers are kept.
const KEPT: usize = 16;

/// A search that is asked for.
#[derive(Clone, Debug)]
pub struct BalanceOrder {
    pub wish: Wish,
    pub seed: u64,
    /// The same seed gives the same answer only with steps.
    pub limit: BalanceLimit,
}

/// When a search ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BalanceLimit {
    Time(Duration),
    Steps(u64),
}

/// A search under way, or its answer.
pub struct BalanceJob {
    pub id: Id,
    pub plan: Id,
    /// The state of the draft that it began with.
    head: i64,
    seed: u64,
    pub villages: Vec<Village>,
    started: Instant,
    progress: Mutex<Vec<Option<Progress>>>,
    cancelled: AtomicBool,
    /// When it ended, and with what.
    answer: OnceLock<(Duration, Result<Answer, String>)>,
}

/// How a search is getting on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalanceState {
    Running,
    Done,
    Cancelled,
    Failed,
}

impl BalanceJob {
    #[must_use]
    pub fn state(&self) -> BalanceState {
        match self.answer.get() {
            None => BalanceState::Running,
            Some((_, Err(_))) => BalanceState::Failed,
            Some(_) if self.cancelled.load(Ordering::Relaxed) => BalanceState::Cancelled,
            Some(_) => BalanceState::Done,
        }
    }

    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.answer.get().map_or_else(|| self.started.elapsed(), |(elapsed, _)| *elapsed)
    }

    /// The best found so far in each village, while it runs.
    #[must_use]
    pub fn progress(&self) -> Vec<Option<Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was found, once it has ended.
    #[must_use]
    pub fn answer(&self) -> Option<Result<&Answer, &str>> {
        self.answer.get().map(|(_, answer)| answer.as_ref().map_err(String::as_str))
    }

    fn run(&self, limit: BalanceLimit) {
        let limit = match limit {
            BalanceLimit::Time(time) => Limit::Until(self.started + time.min(LONGEST)),
            BalanceLimit::Steps(steps) => Limit::Steps(steps.min(MOST_STEPS)),
        };
        let tell = |village: usize, progress: &Progress| {
            let mut all = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(slot) = all.get_mut(village) {
                *slot = Some(*progress);
            }
            if self.cancelled.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let problems: Vec<_> = self.villages.iter().map(|village| village.problem.clone()).collect();
        let outcomes = improve_all(&problems, &Budget { limit, threads: 0, seed: self.seed }, &tell);
        let outcomes: Result<Vec<_>, _> = outcomes.into_iter().collect();
        let answer = outcomes.map(|outcomes| Answer::new(&self.villages, outcomes)).map_err(|error| error.to_string());
        let _ = self.answer.set((self.started.elapsed(), answer));
    }

    /// The candidates of the villages that a combination is made of.
    fn chosen(&self, number: usize) -> Result<Vec<(&Village, &Candidate)>, ServiceError> {
        let answer = match self.answer() {
            Some(Ok(answer)) => answer,
            Some(Err(error)) => return Err(ServiceError::Analytics(error.to_owned())),
            None => {
                return Err(ServiceError::NotFound("the search is still running; cancel it to see the best so far".to_owned()));
            }
        };
        let last = answer.front.len();
        let combined = answer.front.get(number).ok_or_else(|| {
            ServiceError::NotFound(format!("there is no candidate {number}: there are {last}, numbered from 0"))
        })?;
        let of =
            |(village, i): (usize, &usize)| Some((self.villages.get(village)?, answer.villages.get(village)?.front.get(*i)?));
        Ok(combined.choice.iter().enumerate().filter_map(of).filter(|(_, candidate)| !candidate.is_start).collect())
    }
}

/// A single move with its price.
#[derive(Clone, Debug)]
pub struct PricedMove {
    pub households: Vec<Id>,
    pub from: Id,
    pub to: Id,
    pub at: Option<LonLat>,
    pub outcome: Outcome,
    /// Of the draft as it is.
    pub before: Totals,
    /// By how much the heaviest grid of the village exceeds its mean, before and after.
    pub imbalance: (f64, f64),
}

/// All searches.
#[derive(Default)]
pub(in crate::service) struct Jobs(Mutex<Vec<Arc<BalanceJob>>>);

impl Service {
    /// Begins a search for better balanced divisions of a draft's villages.
    ///
    /// # Errors
    /// [`ServiceError::Wish`] where the wish makes no sense; [`ServiceError::BadQuery`] while another search runs;
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Plan`].
    pub async fn balance_plan(&self, viewer: Viewer, plan: Id, order: BalanceOrder) -> Result<Arc<BalanceJob>, ServiceError> {
        let desk = self.desk(viewer, plan).await?;
        let wish = order.wish.clone();
        let (_, (head, villages)) =
            desk.work(move |open| Ok((open.desk.history().head(), villages(&open.desk, &wish)?))).await?;
        let progress = Mutex::new(vec![None; villages.len()]);
        let job = Arc::new(BalanceJob {
            id: Id::new(),
            plan,
            head,
            seed: order.seed,
            villages,
            started: Instant::now(),
            progress,
            cancelled: AtomicBool::new(false),
            answer: OnceLock::new(),
        });
        {
            let mut jobs = self.jobs.0.lock().unwrap_or_else(PoisonError::into_inner);
            let running = jobs.iter().filter(|job| job.state() == BalanceState::Running).count();
            if running >= RUNNING {
                return Err(ServiceError::BadQuery("another search is running; wait for it, or cancel it".to_owned()));
            }
            if jobs.len() >= KEPT {
                jobs.remove(0);
            }
            jobs.push(Arc::clone(&job));
        }
        let running = Arc::clone(&job);
        tokio::task::spawn_blocking(move || running.run(order.limit));
        Ok(job)
    }

    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`].
    pub fn balance_job(&self, viewer: Viewer, plan: Id, job: Id) -> Result<Arc<BalanceJob>, ServiceError> {
        self.planner(viewer)?;
        let jobs = self.jobs.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = jobs.iter().find(|it| it.id == job && it.plan == plan).cloned();
        found.ok_or_else(|| ServiceError::NotFound(format!("there is no search {job}; those of long ago are forgotten")))
    }

    /// Ends a search; its best so far stays.
    ///
    /// # Errors
    /// As [`Self::balance_job`].
    pub fn cancel_balance(&self, viewer: Viewer, plan: Id, job: Id) -> Result<(), ServiceError> {
        self.balance_job(viewer, plan, job)?.cancelled.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// What a candidate would make different.
    ///
    /// # Errors
    /// As [`Self::take_candidate`].
    pub async fn preview_candidate(&self, viewer: Viewer, plan: Id, job: Id, number: usize) -> Result<Drawn, ServiceError> {
        let operation = self.operation_of(viewer, plan, job, number).await?;
        self.preview(viewer, plan, operation).await
    }

    /// Makes a candidate the draft's, as one entry.
    ///
    /// # Errors
    /// [`ServiceError::BadQuery`] where the draft is not what the search began with; as [`Self::draw`].
    pub async fn take_candidate(
        self: &Arc<Self>,
        viewer: Viewer,
        plan: Id,
        job: Id,
        number: usize,
        (after, by, why): (i64, String, Option<String>),
    ) -> Result<Drawn, ServiceError> {
        let operation = self.operation_of(viewer, plan, job, number).await?;
        self.draw(viewer, plan, Command { after, by, why, body: Body::Operate(operation) }).await
    }

    async fn operation_of(
        &self,
        viewer: Viewer,
        plan: Id,
        job: Id,
        number: usize,
    ) -> Result<crate::plan::Operation, ServiceError> {
        let job = self.balance_job(viewer, plan, job)?;
        job.chosen(number)?;
        let held = self.desk(viewer, plan).await?;
        let (_, operation) = held
            .work(move |open| {
                if open.desk.history().head() != job.head {
                    return Err(ServiceError::BadQuery(
                        "the draft has been changed since the search began; search again".to_owned(),
                    ));
                }
                let seed = format!("{}/{number}", job.id);
                Ok(open.desk.take_over(&job.chosen(number)?, &seed)?)
            })
            .await?;
        Ok(operation)
    }

    /// The best `n` single moves, each with its price.
    ///
    /// # Errors
    /// [`ServiceError::Wish`]; as [`Self::plan_places`].
    pub async fn next_moves(&self, viewer: Viewer, plan: Id, wish: Wish, n: usize) -> Result<Vec<PricedMove>, ServiceError> {
        let held = self.desk(viewer, plan).await?;
        let (_, moves) = held.work(move |open| draw::priced_moves(open, &wish, n, best_moves)).await?;
        Ok(moves)
    }
}

/// A move of a village, before it is priced.
pub(super) struct BestMove {
    pub households: Vec<u32>,
    pub from: Id,
    pub to: Id,
    pub imbalance: (f64, f64),
    /// Less is better.
    rank: f64,
}

/// The moves that even out most, over all villages.
fn best_moves(villages: &[Village], n: usize) -> Vec<BestMove> {
    let mut moves: Vec<BestMove> = Vec::new();
    for village in villages {
        let Some(start) = &village.problem.start else { continue };
        for it in next_moves(&village.problem, start, None, n) {
            let grid = |part: u32| village.grids.get(part as usize).copied();
            let (Some(from), Some(to)) = (grid(it.from), grid(it.to)) else { continue };
            let households = it.atoms.iter().flat_map(|atom| village.atoms[*atom as usize].iter().copied()).collect();
            let imbalance = (it.after.imbalance - it.delta.imbalance, it.after.imbalance);
            let rank = it.delta.imbalance + it.delta.cv;
            moves.push(BestMove { households, from, to, imbalance, rank });
        }
    }
    moves.sort_by(|a, b| a.rank.total_cmp(&b.rank));
    moves.truncate(n);
    moves
}
