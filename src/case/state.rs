//! The life of a report: the states, and which follows which.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where a case stands.
    State, "state" {
        Submitted => "submitted", "已提交", "submitted" | "待受理", "提交", "open", "new";
        WithLeader => "with_leader", "网格长处理", "with leader";
        SelfHandled => "self_handled", "自行处置", "self-handled";
        Escalated => "escalated", "已上报", "escalated";
        Accepted => "accepted", "已受理", "accepted" | "受理", "accept";
        Rejected => "rejected", "不予受理", "rejected" | "不受理";
        Duplicate => "duplicate", "重复", "duplicate";
        Dispatched => "dispatched", "已派遣", "dispatched" | "派遣", "派单", "已派单", "dispatch";
        Returned => "returned", "退回", "returned";
        Handling => "handling", "处置中", "handling" | "处理中", "办理中", "in progress";
        Suspended => "suspended", "挂账", "suspended" | "挂起";
        Extended => "extended", "延期", "extended";
        Handled => "handled", "已处置", "handled" | "处置完成", "已处理", "处理完成";
        Verified => "verified", "已核查", "verified";
        Rework => "rework", "返工", "rework";
        Closed => "closed", "已结案", "closed" | "结案", "办结", "已办结", "完结";
        FeedbackSent => "feedback_sent", "已反馈", "feedback sent" | "反馈", "已回复";
        Satisfied => "satisfied", "满意", "satisfied";
        Unsatisfied => "unsatisfied", "不满意", "unsatisfied";
        Reopened => "reopened", "重开", "reopened";
        Archived => "archived", "已归档", "archived";
        Void => "void", "作废", "void";
    }
}

/// A transition is named by the state that it leads to.
pub type Transition = State;

impl State {
    /// The states that may follow this one, besides [`State::Void`] (see [`State::may_become`]).
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Submitted => &[Self::WithLeader],
            Self::WithLeader => &[Self::SelfHandled, Self::Escalated],
            Self::SelfHandled => &[Self::Handled],
            Self::Escalated => &[Self::Accepted, Self::Rejected, Self::Duplicate],
            Self::Accepted | Self::Returned | Self::Rework => &[Self::Dispatched],
            Self::Dispatched => &[Self::Handling, Self::Returned],
            Self::Handling => &[Self::Suspended, Self::Extended, Self::Handled],
            Self::Suspended | Self::Extended => &[Self::Handling, Self::Handled],
            Self::Handled => &[Self::Verified, Self::Rework],
            Self::Verified => &[Self::Closed],
            Self::FeedbackSent => &[Self::Satisfied, Self::Unsatisfied],
            Self::Satisfied => &[Self::Archived],
            Self::Unsatisfied => &[Self::Reopened],
            Self::Reopened => &[Self::WithLeader, Self::Dispatched],
            Self::Closed | Self::Rejected | Self::Duplicate => &[Self::FeedbackSent],
            Self::Archived | Self::Void => &[],
        }
    }

    /// Whether the subdistrict's own procedure allows `next` after this state. Imports from elsewhere may leave steps out.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next) || (next == Self::Void && self.is_open())
    }

    /// Whether somebody still has to act before the case is closed.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Closed
                | Self::FeedbackSent
                | Self::Satisfied
                | Self::Unsatisfied
                | Self::Archived
                | Self::Rejected
                | Self::Duplicate
                | Self::Void
        )
    }

    /// Left out of response times, and counted.
    #[must_use]
    pub const fn is_discarded(self) -> bool {
        matches!(self, Self::Void | Self::Duplicate | Self::Rejected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn void_ends_only_what_is_open() {
        assert!(State::Handling.may_become(State::Void));
        assert!(!State::Closed.may_become(State::Void));
        assert!(!State::Archived.may_become(State::Submitted));
        assert!(State::Unsatisfied.may_become(State::Reopened));
    }

    #[test]
    fn every_state_can_be_reached_from_the_start() {
        let mut reached = vec![State::Submitted, State::Void];
        let mut todo = vec![State::Submitted];
        while let Some(state) = todo.pop() {
            for &next in state.next() {
                if !reached.contains(&next) {
                    reached.push(next);
                    todo.push(next);
                }
            }
        }
        assert_eq!(reached.len(), State::ALL.len());
    }
}
