//! A plan on the desk: its history, its draft and its figures together.

use super::{
    Attributes, Body, Draft, Entry, Evidence, GridFigures, History, Live, Lock, Moved, Operation, PlanError, Totals,
    draft::Done, live::Update,
};
use crate::{
    geometry::LonLat,
    partition::Mended,
    place::{Boundary, Id},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A plan with everything that is needed to work on it.
#[derive(Clone, Debug)]
pub struct Desk {
    history: History,
    entries: Vec<Entry>,
    draft: Draft,
    live: Live,
    /// What was done to the base, in order: the entry, and how to take it back.
    done: Vec<(i64, Done)>,
    today: Today,
}

/// The base, for comparison.
#[derive(Clone, Debug)]
struct Today {
    base: i64,
    figures: Arc<BTreeMap<Id, GridFigures>>,
    totals: Totals,
    places: Arc<BTreeMap<Id, Attributes>>,
}

/// What an entry makes different.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Households that come into another grid by this entry.
    pub moved: Vec<Moved>,
    /// Grids that were touched, with their figures now; `None` if they ceased.
    pub figures: BTreeMap<Id, Option<GridFigures>>,
    /// Places of whatever level that changed their border, their name or their parent, or that are new or ceased.
    pub places: BTreeSet<Id>,
    pub totals: Totals,
}

impl Desk {
    /// A plan over the boundaries of its base, with the entries of its log, whose operations are done again; and what had to be
    /// mended in the boundaries.
    ///
    /// # Errors
    /// [`PlanError::Build`] where the base has flaws, [`PlanError::Replay`] where an operation does not fit on it any more.
    pub fn open(
        history: History,
        boundaries: &[&Boundary],
        evidence: Arc<Evidence>,
        entries: Vec<Entry>,
    ) -> Result<(Self, Vec<Mended>), PlanError> {
        let state = history.head();
        Self::open_at(history, state, boundaries, evidence, entries)
    }

    /// As [`Self::open`], in another state than the present one; `boundaries` are those of that state's base.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_at(
        history: History,
        state: i64,
        boundaries: &[&Boundary],
        evidence: Arc<Evidence>,
        entries: Vec<Entry>,
    ) -> Result<(Self, Vec<Mended>), PlanError> {
        let (draft, mended) = Draft::new(boundaries)?;
        let live = Live::new(&draft, evidence);
        let path = history.path(state);
        let places = draft.places().map(|it| (it.id, it.clone())).collect();
        let figures = Arc::new(live.figures().clone());
        let today = Today { base: path.base, figures, totals: live.totals(), places: Arc::new(places) };
        let mut desk = Self { history, entries, draft, live, done: Vec::new(), today };
        for seq in path.operations {
            desk.do_again(seq, &mut Outcome::default())?;
        }
        Ok((desk, mended))
    }

    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    #[must_use]
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The version under the draft.
    #[must_use]
    pub fn base(&self) -> i64 {
        self.today.base
    }

    /// The figures of the base: by grid, and of the whole area.
    #[must_use]
    pub fn today(&self) -> (&BTreeMap<Id, GridFigures>, &Totals) {
        (&self.today.figures, &self.today.totals)
    }

    /// A place as the base has it.
    #[must_use]
    pub fn base_place(&self, id: Id) -> Option<&Attributes> {
        self.today.places.get(&id)
    }

    /// Whether an entry leads to another base, on which the plan has to be opened anew.
    #[must_use]
    pub fn leaves_the_base(&self, seq: i64, body: &Body) -> bool {
        if let Body::Rebase { base, .. } = body {
            return *base != self.today.base;
        }
        self.history.path(self.history.head_after(seq, body)).base != self.today.base
    }

    /// What an operation would make different, without doing it.
    ///
    /// # Errors
    /// As [`Self::try_out`].
    pub fn preview(&mut self, operation: &Operation) -> Result<Outcome, PlanError> {
        let (done, outcome) = self.perform(operation)?;
        self.take_back(&done, &mut Outcome::default())?;
        Ok(outcome)
    }

    /// Does an operation to a desk of one's own, which has no log from then on.
    ///
    /// # Errors
    /// As [`Self::preview`].
    pub(super) fn preview_and_keep(&mut self, operation: &Operation) -> Result<Outcome, PlanError> {
        self.perform(operation).map(|(_, outcome)| outcome)
    }

    /// Where the households of a grid stand.
    #[must_use]
    pub fn homes_in(&self, grid: Id) -> Vec<LonLat> {
        let homes = self.live.evidence().homes.iter().zip(self.live.homes().1);
        homes.filter(|(_, of)| **of == Some(grid)).filter_map(|(home, _)| home.at).collect()
    }

    /// Does what an entry says to the draft, before it is written to the log. [`Self::accept`] must follow once it is, or
    /// [`Self::restore`] if it is not.
    ///
    /// # Errors
    /// [`PlanError`]; the desk is then as it was.
    pub fn try_out(&mut self, author: &str, body: &Body) -> Result<Outcome, PlanError> {
        self.history.check(author, body)?;
        let seq = self.history.seq() + 1;
        let mut outcome = Outcome::default();
        if let Body::Operate(operation) = body {
            let (done, made) = self.perform(operation)?;
            self.done.push((seq, done));
            outcome = made;
        } else {
            let state = self.history.head_after(seq, body);
            self.go_to(state, &mut outcome)?;
        }
        outcome.totals = self.live.totals();
        Ok(outcome)
    }

    /// Adds an entry that is written and tried out.
    pub fn accept(&mut self, entry: Entry) {
        self.history.add(&entry);
        self.entries.push(entry);
    }

    /// Brings the draft back to the state that the log says.
    ///
    /// # Errors
    /// [`PlanError::Replay`].
    pub fn restore(&mut self) -> Result<(), PlanError> {
        self.go_to(self.history.head(), &mut Outcome::default())
    }

    /// Follows an entry that somebody else has written.
    ///
    /// # Errors
    /// [`PlanError::Replay`].
    pub fn follow(&mut self, entry: Entry) -> Result<Outcome, PlanError> {
        let mut outcome = Outcome::default();
        self.accept(entry);
        self.go_to(self.history.head(), &mut outcome)?;
        outcome.totals = self.live.totals();
        Ok(outcome)
    }

    /// The finest places whose ground an operation in force changed, and the places that it described; `None` if it is not in
    /// force.
    #[must_use]
    pub fn ground_of(&self, seq: i64) -> Option<BTreeSet<Id>> {
        self.done.iter().find(|(done, _)| *done == seq).map(|(_, done)| self.draft.ground(done))
    }

    /// The finest places whose ground an operation would change, and the places that it would describe.
    ///
    /// # Errors
    /// As [`Self::preview`].
    pub fn ground_of_new(&mut self, operation: &Operation) -> Result<BTreeSet<Id>, PlanError> {
        let (done, _) = self.perform(operation)?;
        let ground = self.draft.ground(&done);
        self.take_back(&done, &mut Outcome::default())?;
        Ok(ground)
    }

    /// Undoes and does operations until the draft is in a state over the same base.
    fn go_to(&mut self, state: i64, outcome: &mut Outcome) -> Result<(), PlanError> {
        let path = self.history.path(state).operations;
        let common = self.done.iter().zip(&path).take_while(|((done, _), seq)| done == *seq).count();
        while self.done.len() > common {
            let Some((_, done)) = self.done.pop() else { break };
            self.take_back(&done, outcome)?;
        }
        for &seq in &path[common..] {
            self.do_again(seq, outcome)?;
        }
        Ok(())
    }

    fn do_again(&mut self, seq: i64, outcome: &mut Outcome) -> Result<(), PlanError> {
        let entry = usize::try_from(seq - 1).ok().and_then(|i| self.entries.get(i));
        let Some(Body::Operate(operation)) = entry.map(|entry| entry.body.clone()) else {
            return Err(PlanError::NoSuchState(seq));
        };
        let performed = self.perform(&operation);
        let (done, made) = performed.map_err(|error| PlanError::Replay { seq, why: error.to_string() })?;
        self.done.push((seq, done));
        outcome.and_then(made);
        Ok(())
    }

    fn perform(&mut self, operation: &Operation) -> Result<(Done, Outcome), PlanError> {
        let done = self.draft.perform(operation)?;
        let update = self.live.update(&self.draft, &done);
        let locked = update.moved.iter().map(|moved| moved.household);
        let locked = locked.map(|household| Lock::Household { household }).find(|lock| self.draft.locks().contains(lock));
        if let Some(lock) = locked {
            self.draft.undo(&done)?;
            self.live.update(&self.draft, &done);
            let Lock::Household { household } = lock else { return Err(PlanError::NothingToUndo) };
            let name = self.live.evidence().keys.get(&household).map(|(_, source)| source.clone());
            return Err(PlanError::Locked { lock, locked: name.unwrap_or_else(|| household.to_string()) });
        }
        let outcome = self.outcome(&done, update);
        Ok((done, outcome))
    }

    fn take_back(&mut self, done: &Done, outcome: &mut Outcome) -> Result<(), PlanError> {
        self.draft.undo(done)?;
        let update = self.live.update(&self.draft, done);
        outcome.and_then(self.outcome(done, update));
        Ok(())
    }

    fn outcome(&self, done: &Done, update: Update) -> Outcome {
        let figures = update.touched.iter().map(|id| (*id, self.live.figures().get(id).cloned())).collect();
        let places = self.draft.reshaped(done);
        Outcome { moved: update.moved, figures, places, totals: self.live.totals() }
    }
}

impl Outcome {
    /// What this and then `later` make different.
    fn and_then(&mut self, later: Self) {
        let mut moved: BTreeMap<Id, Moved> = self.moved.drain(..).map(|it| (it.household, it)).collect();
        for it in later.moved {
            moved.entry(it.household).and_modify(|before| before.to = it.to).or_insert(it);
        }
        self.moved = moved.into_values().filter(|it| it.from != it.to).collect();
        self.figures.extend(later.figures);
        self.places.extend(later.places);
        self.totals = later.totals;
    }
}
