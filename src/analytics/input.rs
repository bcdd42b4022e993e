//! All rows that the input frames are made of.

use super::{
    AnalyticsError, Directory, Frames, Key,
    frames::{
        self, ActivityRow, CaseRow, FacilityRow, HouseholdRow, PatrolRow, PlaceRow, PostRow, RoundRow, SquareRow, VisitRow,
    },
};

/// Plain rows, one list a frame; keys are of `names`.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub names: Directory,
    pub cases: Vec<CaseRow>,
    pub households: Vec<HouseholdRow>,
    pub visits: Vec<VisitRow>,
    pub posts: Vec<PostRow>,
    pub patrols: Vec<PatrolRow>,
    pub activities: Vec<ActivityRow>,
    pub rounds: Vec<RoundRow>,
    pub squares: Vec<SquareRow>,
    pub facilities: Vec<FacilityRow>,
    /// Household, square, distance in metres; see [`super::coverage::walks_between`].
    pub walks: Vec<(Key, Key, f64)>,
    pub places: Vec<PlaceRow>,
}

impl TryFrom<Input> for Frames {
    type Error = AnalyticsError;

    fn try_from(input: Input) -> Result<Self, AnalyticsError> {
        Ok(Self {
            cases: frames::cases(&input.cases)?,
            pauses: frames::pauses(&input.cases)?,
            households: frames::households(&input.households)?,
            visits: frames::visits(&input.visits)?,
            posts: frames::posts(&input.posts)?,
            patrols: frames::patrols(&input.patrols)?,
            activities: frames::activities(&input.activities)?,
            rounds: frames::rounds(&input.rounds)?,
            squares: frames::squares(&input.squares)?,
            facilities: frames::facilities(&input.facilities)?,
            walks: frames::walks(&input.walks)?,
            places: frames::places(&input.places)?,
            names: input.names,
        })
    }
}
