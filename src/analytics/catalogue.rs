//! The metrics: one table that the command line, the service and the map share.

use super::{By, Period};
use crate::vocabulary::vocabulary;
use serde::Serialize;

vocabulary! {
    /// What can be computed.
    Metric, "metric" {
        VisitRate => "visit_rate", "走访率", "Visit rate";
        AttemptRate => "attempt_rate", "上门率", "Attempt rate";
        SquareReach => "square_reach", "广场可达率", "Square in reach";
        LeaderFilled => "leader_filled", "网格长到位率", "Leader posts filled";
        FacilitiesWorking => "facilities_working", "设施完好率", "Facilities working";
        ActivitiesHeld => "activities_held", "活动开展率", "Activities held";
        AreaCovered => "area_covered", "网格覆盖率", "Area covered";
        Workload => "workload", "工作量", "Workload";
        Events => "events", "事件数", "Events";
        Visits => "visits", "走访次数", "Visits";
        FirstAction => "first_action", "首次响应时长", "Time to first action";
        Accept => "accept", "受理时长", "Time to acceptance";
        Dispatch => "dispatch", "派遣时长", "Time to dispatch";
        Handle => "handle", "处置时长", "Time to handling";
        Close => "close", "结案时长", "Time from handling to closing";
        Feedback => "feedback", "反馈时长", "Time to feedback";
        SubmitToClose => "submit_to_close", "办结时长", "Time to closing";
        FilingRate => "filing_rate", "立案率", "Filing rate";
        DispatchRate => "dispatch_rate", "派遣率", "Dispatch rate";
        DispatchAccuracy => "dispatch_accuracy", "准确派遣率", "Dispatch accuracy";
        ClosureRate => "closure_rate", "办结率", "Closure rate";
        OnTimeRate => "on_time_rate", "按时办结率", "On-time rate";
        ReworkRate => "rework_rate", "返工率", "Rework rate";
        FirstTimeFix => "first_time_fix", "一次办好率", "First-time fix";
        Satisfaction => "satisfaction", "满意率", "Satisfaction";
        FeedbackResponse => "feedback_response", "回访应答率", "Feedback answered";
    }
}

vocabulary! {
    /// What a metric is about.
    Group, "group of metrics" {
        Coverage => "coverage", "覆盖", "coverage";
        Workload => "workload", "工作量", "workload";
        Response => "response", "响应", "response";
    }
}

vocabulary! {
    /// What a metric is counted in.
    Unit, "unit" {
        Ratio => "ratio", "比率", "ratio";
        Count => "count", "次", "count";
        Seconds => "seconds", "秒", "seconds";
        EventsPerWorkerDay => "events_per_worker_day", "件/人日", "events per worker-day";
    }
}

vocabulary! {
    /// Which way a metric should go.
    HigherIs, "direction" {
        Better => "better", "越高越好", "better";
        Worse => "worse", "越低越好", "worse";
        Neutral => "neutral", "仅供监测", "neutral";
    }
}

/// A line of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    pub id: &'static str,
    pub group: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub unit: &'static str,
    pub by: Vec<&'static str>,
    pub periods: Vec<&'static str>,
    pub higher_is: &'static str,
    pub definition_zh: &'static str,
    pub definition_en: &'static str,
}

/// Every metric, in the order in which they are shown.
#[must_use]
pub fn catalogue() -> Vec<Description> {
    Metric::ALL.iter().map(|metric| metric.describe()).collect()
}

impl Metric {
    #[must_use]
    pub const fn group(self) -> Group {
        use Metric as M;
        match self {
            M::VisitRate
            | M::AttemptRate
            | M::SquareReach
            | M::LeaderFilled
            | M::FacilitiesWorking
            | M::ActivitiesHeld
            | M::AreaCovered => Group::Coverage,
            M::Workload | M::Events | M::Visits => Group::Workload,
            _ => Group::Response,
        }
    }

    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Workload => Unit::EventsPerWorkerDay,
            Self::Events | Self::Visits => Unit::Count,
            _ if self.is_duration() => Unit::Seconds,
            _ => Unit::Ratio,
        }
    }

    /// Whether it is a Kaplan–Meier median: with p90, the raw median of the closed, and cases left out.
    #[must_use]
    pub const fn is_duration(self) -> bool {
        use Metric as M;
        matches!(self, M::FirstAction | M::Accept | M::Dispatch | M::Handle | M::Close | M::Feedback | M::SubmitToClose)
    }

    #[must_use]
    pub const fn higher_is(self) -> HigherIs {
        match self {
            Self::Workload | Self::Events | Self::Visits => HigherIs::Neutral,
            Self::ReworkRate => HigherIs::Worse,
            _ if self.is_duration() => HigherIs::Worse,
            _ => HigherIs::Better,
        }
    }

    /// By what it can be computed, besides the whole area.
    #[must_use]
    pub const fn by(self) -> &'static [By] {
        use By::{Grid, Kind, MicroGrid, Village, Worker};
        match self {
            Self::VisitRate | Self::AttemptRate | Self::Workload | Self::Visits => &[Village, Grid, MicroGrid, Worker],
            Self::SquareReach | Self::LeaderFilled | Self::FacilitiesWorking | Self::ActivitiesHeld => {
                &[Village, Grid, MicroGrid]
            }
            Self::AreaCovered => &[Village],
            _ => &[Village, Grid, MicroGrid, Worker, Kind],
        }
    }

    /// Per which periods it can be computed. Visits go by the month.
    #[must_use]
    pub const fn periods(self) -> &'static [Period] {
        match self {
            Self::VisitRate | Self::AttemptRate => &[Period::Month, Period::All],
            _ => Period::ALL,
        }
    }

    #[must_use]
    pub fn describe(self) -> Description {
        let (definition_zh, definition_en) = self.definition();
        Description {
            id: self.word(),
            group: self.group().word(),
            zh: self.zh(),
            en: self.en(),
            unit: self.unit().word(),
            by: self.by().iter().map(|by| by.word()).collect(),
            periods: self.periods().iter().map(|period| period.word()).collect(),
            higher_is: self.higher_is().word(),
            definition_zh,
            definition_en,
        }
    }

    /// What it means, in Chinese and English.
    #[must_use]
    pub const fn definition(self) -> (&'static str, &'static str) {
        match self {
            Self::VisitRate => (
                "每月12日至月末已走访户数 ÷ 应访户数（12日在住的户）；每户每月计一次，外出、拒访仍计入分母；所选期间内无走访记录的月份计为0。",
                "Households visited from the 12th to the end of the month / households lived in on the 12th; each counts once a \
                 month, absent and refused ones stay in the denominator; a month asked for without any visit counts 0.",
            ),
            Self::AttemptRate => (
                "每月12日至月末已走访、外出、拒访的户数 ÷ 应访户数。",
                "Households visited, absent or refused from the 12th to the end of the month / households lived in on the 12th.",
            ),
            Self::SquareReach => (
                "步行15分钟（4公里/小时，直线距离×1.3估算）内有可用小广场的户数 ÷ 在住户数，按期末。",
                "Households within 15 minutes' walk of a working square (4 km/h, estimated as straight line × 1.3) / households \
                 lived in, on the last day of the period.",
            ),
            Self::LeaderFilled => (
                "恰有一名在岗网格长的微网格数 ÷ 微网格总数，按期末。",
                "Micro-grids with exactly one active leader / all micro-grids, on the last day of the period.",
            ),
            Self::FacilitiesWorking => (
                "小广场“七个一”设施中正常的项数 ÷ 应有项数（每个广场7项），按期末。",
                "Working facilities / 7 for each square in use, on the last day of the period.",
            ),
            Self::ActivitiesHeld => (
                "已开展的活动数 ÷ 应开展的活动数（按各项活动的周期，每个周期每个广场一次）。",
                "Activities held / expected: one of each programme at each square in every whole day, week, month, quarter or \
                 year that is over.",
            ),
            Self::AreaCovered => {
                ("恰属一个网格的面积 ÷ 总面积（现行边界）。", "Area in exactly one grid / area, by today's boundaries.")
            }
            Self::Workload => (
                "（Σ 权重×事件数 + 走访次数 + 巡查次数）÷ 在岗人日；在岗而无工作量者计为0。",
                "(Σ weight × events + visits + patrols) / days on post; who is on post without load counts 0.",
            ),
            Self::Events => {
                ("提交的案件数；作废的不计，重复的计入。", "Cases submitted; void ones are left out, duplicates counted.")
            }
            Self::Visits => ("走访次数，含外出、拒访。", "Visits and attempts at visits."),
            Self::FirstAction => (
                "提交至报告人以外的人首次处理的时长：Kaplan–Meier 中位数，未办结的按截尾计。",
                "Submission to the first action by anyone but the reporter: Kaplan–Meier median, open cases censored.",
            ),
            Self::Accept => (
                "上报至受理的时长：Kaplan–Meier 中位数。",
                "Escalation to acceptance: Kaplan–Meier median, open cases censored.",
            ),
            Self::Dispatch => {
                ("受理至派遣的时长：Kaplan–Meier 中位数。", "Acceptance to dispatch: Kaplan–Meier median, open cases censored.")
            }
            Self::Handle => (
                "派遣至处置完成的时长（含返工）：Kaplan–Meier 中位数。",
                "Dispatch to the end of handling, rework included: Kaplan–Meier median, open cases censored.",
            ),
            Self::Close => (
                "处置完成至首次结案的时长：Kaplan–Meier 中位数。",
                "End of handling to the first closing: Kaplan–Meier median, open cases censored.",
            ),
            Self::Feedback => (
                "提交至向居民反馈的时长：Kaplan–Meier 中位数。",
                "Submission to feedback to the resident: Kaplan–Meier median, open cases censored.",
            ),
            Self::SubmitToClose => (
                "提交至最终结案的时长：Kaplan–Meier 中位数，未结案和重开的按截尾计；作废、重复、不予受理和负时长不计。",
                "Submission to the final closing: Kaplan–Meier median, open and reopened cases censored; void, duplicate, \
                 rejected and negative ones left out.",
            ),
            Self::FilingRate => (
                "受理 ÷ 已作决定的上报件（受理、不予受理、重复），按提交时间。",
                "Accepted / escalated and decided upon (accepted, rejected, duplicate).",
            ),
            Self::DispatchRate => ("已派遣 ÷ 已受理。", "Dispatched / accepted."),
            Self::DispatchAccuracy => ("派遣后未被退回 ÷ 已派遣。", "Never returned by the station / dispatched."),
            Self::ClosureRate => (
                "已处置 ÷ 应处置（已处置 + 超期未处置；未到期的不计）。",
                "Handled / due, where due = handled + open and overdue; what is open and not yet due is left out.",
            ),
            Self::OnTimeRate => (
                "按时处置 ÷ 应处置（没有时限的不计）。",
                "Handled by the due instant / due; what has no due instant is left out.",
            ),
            Self::ReworkRate => ("曾返工 ÷ 应处置。", "Sent back at least once / due."),
            Self::FirstTimeFix => (
                "至结案后30日未返工、未重开的案件 ÷ 结案案件（结案未满30日且未返工、未重开的不计）。",
                "Closed with neither rework nor a reopening until 30 days later / closed; what was closed less than 30 days ago \
                 without either is left out.",
            ),
            Self::Satisfaction => {
                ("满意 ÷ 已作答的回访；应答率另列。", "Satisfied / answered; see the share that answered beside it.")
            }
            Self::FeedbackResponse => ("已作答 ÷ 已反馈。", "Answered / feedback sent."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_is_described_in_both_languages() {
        let all = catalogue();
        assert_eq!(all.len(), Metric::ALL.len());
        for line in all {
            assert!(line.definition_zh.ends_with('。') && line.definition_en.ends_with('.'), "{}", line.id);
            assert!(!line.by.is_empty() && !line.periods.is_empty());
            assert_eq!(line.id.parse::<Metric>().unwrap().word(), line.id);
        }
    }
}
