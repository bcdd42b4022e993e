//! From the rows of a file to records: what the columns mean, what is taken in, and a report on what is not.

pub mod bind;
mod boundaries;
mod context;
mod coordinates;
mod draft;
mod error;
pub mod mapping;
mod number;
mod people;
pub mod position;
mod problem;
mod report;
mod report_text;
mod reports;
mod rounds;
mod rows;
pub mod schema;
mod shapes;
mod sites;
mod stages;
mod tessellation;
pub mod time;
pub mod transform;
mod unique;

pub use boundaries::{read_grids, read_microgrids, read_villages};
pub use context::{Context, ParentShape};
pub use draft::{
    BoundaryDraft, CaseEventDraft, DeviceDraft, EventDraft, FacilityDraft, FulfilmentDraft, HouseholdDraft, PersonDraft,
    PostDraft, ReportDraft, SquareDraft,
};
pub use error::IntakeError;
pub use mapping::{FieldSpec, Mapping, MappingError};
pub use number::{parse_count, parse_number};
pub use people::{read_persons, read_posts};
pub use position::{PositionFlags, PositionProblem, Positions};
pub use problem::Problem;
pub use report::{Example, FieldColumns, Finding, IntakeReport};
pub use report_text::Lang;
pub use reports::{read_case_events, read_reports};
pub use rounds::{read_activities, read_patrols, read_visits};
pub use shapes::described;
pub use sites::{read_devices, read_facilities, read_households, read_squares};

#[cfg(test)]
mod tests;
