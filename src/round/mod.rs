//! Rounds: whatever falls due again and again at a place; and their fulfilments. Visits and activities are the first kinds.

mod programme;

pub use programme::{ProgrammeError, shipped_rounds};

use crate::{geometry::LonLat, place::Id, vocabulary::vocabulary};
use chrono::{DateTime, Utc};

vocabulary! {
    /// What falls due.
    RoundKind, "kind of round" {
        Visit => "visit", "走访", "visit";
        Activity => "activity", "活动", "activity";
        Patrol => "patrol", "巡查", "patrol";
    }
}

vocabulary! {
    /// How a fulfilment ended. Absent and refused are attempts: they stay in the denominator.
    Outcome, "outcome" {
        Visited => "visited", "已走访", "visited" | "走访", "已访";
        Absent => "absent", "外出", "absent" | "不在家", "无人";
        Refused => "refused", "拒访", "refused" | "拒绝";
        Held => "held", "已举办", "held" | "已开展", "开展";
        Cancelled => "cancelled", "取消", "cancelled";
        Done => "done", "完成", "done";
    }
}

/// A recurring duty: what falls due where, and when (RFC 5545 recurrence).
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    pub id: Id,
    pub kind: RoundKind,
    /// "monthly-visit", "daily-recreation": the programme that it belongs to.
    pub programme: String,
    /// RFC 5545 RRULE, `FREQ=MONTHLY;BYMONTHDAY=12`.
    pub recurrence: String,
    /// The place whose duty it is; `None` for every place of the area.
    pub place: Option<Id>,
}

/// One fulfilment of a round at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Fulfilment {
    pub id: Id,
    pub source: String,
    pub kind: RoundKind,
    pub programme: String,
    /// The household of a visit, the square of an activity, the grid of a patrol.
    pub place: Id,
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
    /// Who did it.
    pub person: Option<Id>,
    pub location: Option<LonLat>,
    /// How many came (activities).
    pub attendance: Option<u32>,
}
