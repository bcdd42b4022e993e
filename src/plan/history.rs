//! Which operations of a plan's log are in force.

use super::{
    Body, Entry, PlanError,
    entry::{LONGEST_NAME, LONGEST_TEXT},
};
use crate::vocabulary::vocabulary;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// How far a plan has come.
    PlanState, "state of a plan" {
        Draft => "draft", "草拟中", "being drawn";
        InReview => "in_review", "待审核", "in review";
        Approved => "approved", "已通过", "approved";
        Scheduled => "scheduled", "待生效", "to be published";
        Published => "published", "已发布", "published";
        Withdrawn => "withdrawn", "已撤回", "withdrawn";
    }
}

/// A state of the draft: what the operations up to an entry have made of the base. Number 0 is the base itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The state that it came from.
    pub parent: i64,
    /// Where it is a new base: the version, and what of the operations before is left out.
    rebase: Option<(i64, BTreeSet<i64>)>,
}

/// What makes a state: the base version, and the entries whose operations are done to it, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub base: i64,
    pub operations: Vec<i64>,
}

/// A name for a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub name: String,
    /// The entry that the state follows.
    pub state: i64,
    /// The entry that gave the name.
    pub seq: i64,
}

/// A plan's log, understood. States form a tree: what is undone and then done differently is a branch, and stays.
#[derive(Clone, Debug)]
pub struct History {
    base: i64,
    nodes: BTreeMap<i64, Node>,
    /// The present state.
    head: i64,
    /// Where redoing leads.
    tip: i64,
    seq: i64,
    name: String,
    state: PlanState,
    snapshots: Vec<Snapshot>,
    published: Vec<(i64, NaiveDate)>,
    /// The day from which it is to be published, the note, and who said so.
    scheduled: Option<(NaiveDate, String, String)>,
    token_hash: Option<String>,
    /// Who has changed the draft since it was founded.
    drawers: BTreeSet<String>,
}

impl History {
    /// The history of a plan over version `base` that nothing was done to.
    #[must_use]
    pub fn new(name: &str, base: i64, founder: &str) -> Self {
        Self {
            base,
            nodes: BTreeMap::new(),
            head: 0,
            tip: 0,
            seq: 0,
            name: name.to_owned(),
            state: PlanState::Draft,
            snapshots: Vec::new(),
            published: Vec::new(),
            scheduled: None,
            token_hash: None,
            drawers: BTreeSet::from([founder.trim().to_owned()]),
        }
    }

    #[must_use]
    pub fn seq(&self) -> i64 {
        self.seq
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn state(&self) -> PlanState {
        self.state
    }

    #[must_use]
    pub fn head(&self) -> i64 {
        self.head
    }

    #[must_use]
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// For readers to whom the words of those who drew are of no concern.
    pub fn forget_snapshots(&mut self) {
        self.snapshots.clear();
    }

    #[must_use]
    pub fn token_hash(&self) -> Option<&str> {
        self.token_hash.as_deref()
    }

    /// As which versions the plan was published, and from when they hold.
    #[must_use]
    pub fn published(&self) -> &[(i64, NaiveDate)] {
        &self.published
    }

    /// The day from which the plan is to be published, with a note and the name of whoever said so; `None` if it is not waiting.
    #[must_use]
    pub fn scheduled(&self) -> Option<&(NaiveDate, String, String)> {
        self.scheduled.as_ref().filter(|_| self.state == PlanState::Scheduled)
    }

    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.head != 0
    }

    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.head != self.tip
    }

    /// All states but the base, by the entry that they follow.
    #[must_use]
    pub fn nodes(&self) -> &BTreeMap<i64, Node> {
        &self.nodes
    }

    /// The version under the present state.
    #[must_use]
    pub fn base(&self) -> i64 {
        self.path(self.head).base
    }

    /// What makes a state; the base's for one that is unknown.
    #[must_use]
    pub fn path(&self, mut state: i64) -> Path {
        let mut operations = Vec::new();
        let mut base = None;
        let mut dropped: BTreeSet<i64> = BTreeSet::new();
        while let Some(node) = self.nodes.get(&state) {
            match &node.rebase {
                Some((version, without)) => {
                    base.get_or_insert(*version);
                    dropped.extend(without);
                }
                None if dropped.contains(&state) => {}
                None => operations.push(state),
            }
            state = node.parent;
        }
        operations.reverse();
        Path { base: base.unwrap_or(self.base), operations }
    }

    /// Checks that an entry makes sense here and says what it would do, without adding it.
    ///
    /// # Errors
    /// [`PlanError`] where it does not.
    pub fn check(&self, author: &str, body: &Body) -> Result<(), PlanError> {
        check_author(author)?;
        let author = author.trim();
        match body {
            Body::Comment { text, .. } => return length("the comment", text, LONGEST_TEXT),
            Body::Share { .. } | Body::Unshare => return Ok(()),
            _ => {}
        }
        match (body, self.state) {
            (Body::Approve, PlanState::InReview) if self.drawers.contains(author) => Err(PlanError::OwnPlan(author.to_owned())),
            (Body::Resume, PlanState::Withdrawn)
            | (Body::Return, PlanState::InReview | PlanState::Approved | PlanState::Scheduled)
            | (Body::Submit, PlanState::Draft)
            | (Body::Withdraw, PlanState::Draft | PlanState::InReview | PlanState::Approved | PlanState::Scheduled)
            | (Body::Schedule { .. }, PlanState::Approved)
            | (Body::Publish { .. }, PlanState::Approved | PlanState::Scheduled)
            | (Body::Approve, PlanState::InReview) => Ok(()),
            (
                Body::Resume
                | Body::Return
                | Body::Submit
                | Body::Withdraw
                | Body::Approve
                | Body::Schedule { .. }
                | Body::Publish { .. },
                state,
            ) => Err(PlanError::State {
                state,
                hint: "draw, submit, have it approved by somebody else, publish – in this order",
            }),
            (_, PlanState::Draft) => self.check_drawing(body),
            (_, PlanState::InReview | PlanState::Approved | PlanState::Scheduled) => {
                Err(PlanError::State { state: self.state, hint: "return it first, to change it" })
            }
            (_, PlanState::Published) => Err(PlanError::State { state: self.state, hint: "branch a new plan off it" }),
            (_, PlanState::Withdrawn) => Err(PlanError::State { state: self.state, hint: "resume it first" }),
        }
    }

    fn check_drawing(&self, body: &Body) -> Result<(), PlanError> {
        match body {
            Body::Undo if !self.can_undo() => Err(PlanError::NothingToUndo),
            Body::Redo if !self.can_redo() => Err(PlanError::NothingToRedo),
            Body::Go { to } if *to != 0 && !self.nodes.contains_key(to) => Err(PlanError::NoSuchState(*to)),
            Body::Rename { name } => length("the name of the plan", name, LONGEST_NAME),
            Body::Snapshot { name } => {
                length("the name of the snapshot", name, LONGEST_NAME)?;
                let taken = self.snapshots.iter().any(|snapshot| snapshot.name == *name);
                if taken { Err(PlanError::SnapshotTaken(name.clone())) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// The state that the draft is in after `body`.
    #[must_use]
    pub fn head_after(&self, seq: i64, body: &Body) -> i64 {
        match body {
            Body::Operate(_) | Body::Rebase { .. } => seq,
            Body::Undo => self.nodes.get(&self.head).map_or(0, |node| node.parent),
            Body::Redo => self.next_on_the_way_to_the_tip(),
            Body::Go { to } => *to,
            _ => self.head,
        }
    }

    fn next_on_the_way_to_the_tip(&self) -> i64 {
        let mut state = self.tip;
        while let Some(node) = self.nodes.get(&state) {
            if node.parent == self.head {
                return state;
            }
            state = node.parent;
        }
        self.head
    }

    /// Whether `state` lies on the way from the base to `later`.
    fn leads_to(&self, state: i64, mut later: i64) -> bool {
        while later != state {
            match self.nodes.get(&later) {
                Some(node) => later = node.parent,
                None => return state == 0,
            }
        }
        true
    }

    /// Adds an entry that was written. Entries come in order.
    pub fn add(&mut self, entry: &Entry) {
        let head = self.head_after(entry.seq, &entry.body);
        self.seq = entry.seq;
        match &entry.body {
            Body::Operate(_) => {
                self.nodes.insert(entry.seq, Node { parent: self.head, rebase: None });
                self.tip = entry.seq;
                self.drawers.insert(entry.author.trim().to_owned());
            }
            Body::Rebase { base, dropped, .. } => {
                let rebase = Some((*base, dropped.iter().copied().collect()));
                self.nodes.insert(entry.seq, Node { parent: self.head, rebase });
                self.tip = entry.seq;
                self.drawers.insert(entry.author.trim().to_owned());
            }
            Body::Go { to } if !self.leads_to(*to, self.tip) => self.tip = *to,
            Body::Snapshot { name } => {
                self.snapshots.push(Snapshot { name: name.clone(), state: self.head, seq: entry.seq });
            }
            Body::Rename { name } => self.name.clone_from(name),
            Body::Submit => self.state = PlanState::InReview,
            Body::Approve => self.state = PlanState::Approved,
            Body::Return | Body::Resume => self.state = PlanState::Draft,
            Body::Withdraw => self.state = PlanState::Withdrawn,
            Body::Schedule { valid_from, note } => {
                self.state = PlanState::Scheduled;
                self.scheduled = Some((*valid_from, note.clone(), entry.author.clone()));
            }
            Body::Publish { version, valid_from } => {
                self.state = PlanState::Published;
                self.published.push((*version, *valid_from));
            }
            Body::Share { token_hash } => self.token_hash = Some(token_hash.clone()),
            Body::Unshare => self.token_hash = None,
            Body::Undo | Body::Redo | Body::Go { .. } | Body::Comment { .. } => {}
        }
        self.head = head;
    }
}

/// That a name was given.
///
/// # Errors
/// [`PlanError::Length`].
pub fn check_author(author: &str) -> Result<(), PlanError> {
    length("the name of whoever does this", author, LONGEST_NAME)
}

/// # Errors
/// [`PlanError::Length`].
pub(super) fn length(what: &'static str, text: &str, most: usize) -> Result<(), PlanError> {
    let given = text.chars().count();
    let fits = (1..=most).contains(&given) && !text.trim().is_empty();
    if fits { Ok(()) } else { Err(PlanError::Length { what, given, most }) }
}
