//! Who may see what: the one policy through which data leave the service.

mod listing;

use crate::{case::State, geometry::LonLat, layer::Layer};
use chrono::{Datelike as _, NaiveDate};

/// On whose behalf a use case runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// The office itself: everything, names and texts included.
    Administrator,
    /// Anybody: aggregates with n ≥ [`MIN_N`], places without persons, coarse points.
    Public,
}

/// Figures over fewer cases than this are suppressed where published: they could identify a family.
pub const MIN_N: u32 = 5;

/// A window of time that the public may not choose: windows at will would narrow down what is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error("windows of days or weeks are for the office only; ask by month: from=2026-08, to=2026-10")]
    Days,
    #[error(
        "the public gets 1, 3 or 12 whole months together, or all time without from and to; other windows are for the office only"
    )]
    Length,
}

impl Viewer {
    /// Whether rows of `layer` may leave at all.
    #[must_use]
    pub const fn may_read(self, layer: Layer) -> bool {
        match self {
            Self::Administrator => true,
            Self::Public => matches!(
                layer,
                Layer::Villages | Layer::Grids | Layer::MicroGrids | Layer::Squares | Layer::Facilities | Layer::Reports
            ),
        }
    }

    /// Whether names, telephone numbers and free text may leave.
    #[must_use]
    pub const fn may_identify(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether drafts of boundaries may be drawn and read: they are not decided, and their figures are those of single grids.
    #[must_use]
    pub const fn may_plan(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether figures over fewer than [`MIN_N`] cases may leave.
    #[must_use]
    pub const fn may_read_small_n(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether something may be counted month by month from the day `from` to before `to`; `None` is no bound.
    ///
    /// # Errors
    /// [`WindowError::Days`] where the public would get a part of a month.
    pub fn check_months(self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<(), WindowError> {
        let whole = [from, to].into_iter().flatten().all(|day| day.day() == 1);
        if whole || self.may_read_small_n() { Ok(()) } else { Err(WindowError::Days) }
    }

    /// Whether something may be counted once over all of the window from the day `from` to before `to`; `None` is no bound.
    ///
    /// # Errors
    /// [`WindowError`] where the public would get anything but 1, 3 or 12 whole months, or all time.
    pub fn check_window(self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<(), WindowError> {
        if self.may_read_small_n() {
            return Ok(());
        }
        self.check_months(from, to)?;
        let month = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
        let is_open = from.is_none() && to.is_none();
        let months = from.zip(to).map(|(from, to)| month(to) - month(from));
        if is_open || months.is_some_and(|months| [1, 3, 12].contains(&months)) { Ok(()) } else { Err(WindowError::Length) }
    }

    /// Whether all columns of a report may leave, instants to the millisecond. Else, of each: its category, its state, the local day
    /// on which it was submitted and a coarse point. With instants, grids or labels beside them they would point at a home.
    #[must_use]
    pub const fn may_read_fine_detail(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// The state of a report as the viewer may see it. What the reporter answered to the feedback is not for the public: an answer
    /// shows as the feedback that it was given to, a report reopened for it as one that waits.
    #[must_use]
    pub const fn shown_state(self, state: State) -> State {
        match (self, state) {
            (Self::Public, State::Satisfied | State::Unsatisfied | State::Archived) => State::FeedbackSent,
            (Self::Public, State::Reopened) => State::Submitted,
            _ => state,
        }
    }

    /// The position as the viewer may see it: exact, or moved to the centre of a square of about [`COARSE_M`]. The squares are
    /// fixed to the ground, so that asking twice tells no more.
    #[must_use]
    pub fn coarsen(self, point: LonLat) -> LonLat {
        match self {
            Self::Administrator => point,
            Self::Public => snap(point),
        }
    }
}

/// The side of the squares to whose centres the positions of reports are moved for the public, metres.
pub const COARSE_M: f64 = 100.0;

fn snap(point: LonLat) -> LonLat {
    // One degree of latitude is 110.6 to 111.7 km: close enough for a coarsening.
    const DEGREE_M: f64 = 111_000.0;
    let row = COARSE_M / DEGREE_M;
    let lat = ((point.lat() / row).floor() + 0.5) * row;
    let column = row / lat.to_radians().cos().max(0.01);
    let lon = ((point.lon() / column).floor() + 0.5) * column;
    LonLat::from_degrees(lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0)).unwrap_or(point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_a_coarse_position() {
        let point = |lon, lat| LonLat::from_degrees(lon, lat).unwrap();
        let (a, b) = (point(110.550_01, 29.350_01), point(110.550_02, 29.350_02));
        assert_eq!(Viewer::Administrator.coarsen(a), a);
        assert_eq!(Viewer::Public.coarsen(a), Viewer::Public.coarsen(b));
        for i in 0..1000 {
            let exact = point(-180.0 + f64::from(i) * 0.36, -89.0 + f64::from(i) * 0.178);
            let coarse = Viewer::Public.coarsen(exact);
            let north_m = (coarse.lat() - exact.lat()).abs() * 111_700.0;
            let east_m = (coarse.lon() - exact.lon()).abs() * 111_700.0 * exact.lat().to_radians().cos();
            assert!(north_m < 51.0 && east_m < 51.5, "{exact} became {coarse}");
            assert_eq!(Viewer::Public.coarsen(coarse), coarse);
        }
    }

    #[test]
    fn the_public_chooses_between_whole_months() {
        let day = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let check = |viewer: Viewer, from: &str, to: &str| viewer.check_window(day(from), day(to));
        let windows = [
            ("", "", Ok(())),
            ("2026-08-01", "2026-09-01", Ok(())),
            ("2025-11-01", "2026-02-01", Ok(())),
            ("2026-01-01", "2027-01-01", Ok(())),
            ("2026-08-01", "2026-10-01", Err(WindowError::Length)),
            ("2026-08-01", "", Err(WindowError::Length)),
            ("", "2026-09-01", Err(WindowError::Length)),
            ("2026-08-02", "2026-09-01", Err(WindowError::Days)),
            ("2026-08-01", "2026-08-08", Err(WindowError::Days)),
        ];
        for (from, to, expected) in windows {
            assert_eq!(check(Viewer::Public, from, to), expected, "{from} {to}");
            assert_eq!(check(Viewer::Administrator, from, to), Ok(()));
        }
        assert_eq!(Viewer::Public.check_months(day("2026-08-01"), None), Ok(()));
        assert_eq!(Viewer::Public.check_months(None, day("2026-08-15")), Err(WindowError::Days));
    }

    #[test]
    fn the_public_sees_no_answer_to_the_feedback() {
        for &state in State::ALL {
            let shown = Viewer::Public.shown_state(state);
            assert_eq!(Viewer::Administrator.shown_state(state), state);
            let answered = [State::Satisfied, State::Unsatisfied, State::Archived, State::Reopened];
            assert!(!answered.contains(&shown) && (shown == state) != answered.contains(&state), "{state}");
        }
    }

    #[test]
    fn the_public_sees_no_person() {
        for layer in [Layer::Households, Layer::Persons, Layer::Posts, Layer::CaseEvents, Layer::Visits] {
            assert!(!Viewer::Public.may_read(layer));
        }
    }
}
