//! Why a file can't be taken in at all.

use super::{bind::ColumnError, position::PositionSourceError};
use crate::layer::Layer;

/// Why a file as a whole can't be read as a layer; nothing of it was taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("the mapping is for {mapping}, not for {asked}")]
    OtherLayer { mapping: Layer, asked: Layer },
    #[error("the mapping has a field {field:?}, which {layer} don't have; they have {known}")]
    UnknownField { field: String, layer: Layer, known: String },
    #[error("the mapping has a stage {stage:?}, which is no transition; there are {known}")]
    UnknownStage { stage: String, known: String },
    #[error("[stages] are for reports and case-events, not for {0}")]
    NoStages(Layer),
    #[error("{field}: {source}")]
    Column { field: String, source: ColumnError },
    #[error(
        "{layer} need {field}, and no column is called so ({names}); the file has {found}. Rename a column, or say in a mapping: \
         [fields] {field} = \"your column\""
    )]
    MissingField { layer: Layer, field: &'static str, names: String, found: String },
    #[error(
        "case-events need a column for the transition ({names}) and one for its time, or a column of times for each stage that is \
         called like its state (accepted, 受理时间, …), or else in a mapping: [stages] accepted = \"your column\". The file has \
         {found}"
    )]
    NoTransitions { names: String, found: String },
    #[error(
        "{bad} of {of} coordinates are no place on earth ({first}). Are they projected, say --crs EPSG:n; are longitude and \
         latitude swapped, name their columns: --lon, --lat"
    )]
    NoPlaces { bad: usize, of: usize, first: String },
    #[error("[position]: {0}")]
    Position(#[from] PositionSourceError),
    #[error(
        "{layer} need polygons, and the file has none; give GeoJSON, or a CSV column with WKT: --wkt COLUMN, or in a mapping \
         [position] wkt = \"your column\". The file has {found}"
    )]
    NoGeometry { layer: Layer, found: String },
    #[error(
        "{0:?} is no format of times; write it as strftime does: %Y/%m/%d %H:%M (or excel, for a spreadsheet's own numbers)"
    )]
    TimeFormat(String),
    #[error(
        "is {example:?} the day or the month first? Nothing in the file tells; say in a mapping: [time] format = \"%d/%m/%Y\" or \
         \"%m/%d/%Y\""
    )]
    AmbiguousDates { example: String },
}
