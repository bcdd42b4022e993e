//! How long a search may go on, and how it tells of its progress.

use std::{
    ops::ControlFlow,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// When a search ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// After so many attempted moves, all workers together: the answer depends on the seed only, not on the threads.
    Steps(u64),
    /// At an instant: the answer depends on the speed of the machine too.
    Until(Instant),
}

/// What a search may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub limit: Limit,
    /// Workers; 0 takes as many as there are cores.
    pub threads: usize,
    pub seed: u64,
}

/// How a search is getting on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The best value of what is minimised so far; `None` until there is one.
    pub best: Option<f64>,
    /// Attempted moves.
    pub steps: u64,
    pub elapsed: Duration,
}

/// Told now and then how the search gets on; `Break` ends it with the best so far.
pub type OnProgress<'a> = &'a (dyn Fn(&Progress) -> ControlFlow<()> + Sync);

/// The longest that a cancelled search may take no notice.
const BETWEEN_REPORTS: Duration = Duration::from_millis(100);

/// Watches the limit and the person who may cancel, for all workers.
pub(super) struct Watch<'a> {
    on_progress: OnProgress<'a>,
    started: Instant,
    deadline: Option<Instant>,
    steps: AtomicU64,
    stopped: AtomicBool,
    told: Mutex<Told>,
}

struct Told {
    best: Option<f64>,
    at: Instant,
}

impl<'a> Watch<'a> {
    pub fn new(limit: Limit, on_progress: OnProgress<'a>) -> Self {
        let started = Instant::now();
        let deadline = match limit {
            Limit::Steps(_) => None,
            Limit::Until(at) => Some(at),
        };
        let told = Mutex::new(Told { best: None, at: started });
        Self { on_progress, started, deadline, steps: AtomicU64::new(0), stopped: AtomicBool::new(false), told }
    }

    /// Whether the search is over before its steps are: by the clock, by a person, by [`Self::stop`].
    pub fn is_over(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Whether the clock decides.
    pub fn has_deadline(&self) -> bool {
        self.deadline.is_some()
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Counts steps; looks at the clock; tells of the progress if it is time.
    pub fn count(&self, steps: u64) {
        self.steps.fetch_add(steps, Ordering::Relaxed);
        let now = Instant::now();
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            self.stop();
        }
        // Whoever finds another worker telling goes on working.
        if let Ok(mut told) = self.told.try_lock()
            && now.duration_since(told.at) >= BETWEEN_REPORTS
        {
            told.at = now;
            self.tell(told.best);
        }
    }

    /// Tells of a value if it is better than all before it.
    pub fn better(&self, value: f64) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.best.is_none_or(|best| value < best) {
            told.best = Some(value);
            told.at = Instant::now();
            self.tell(told.best);
        }
    }

    fn tell(&self, best: Option<f64>) {
        let progress = Progress { best, steps: self.steps(), elapsed: self.started.elapsed() };
        if (self.on_progress)(&progress).is_break() {
            self.stop();
        }
    }
}

/// Runs `work` on so many threads of its own; on the shared ones for 0, or where no threads can be had.
pub(super) fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) if threads > 0 => pool.install(work),
        _ => work(),
    }
}
