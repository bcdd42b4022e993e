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
    #[error("[position]: {0}")]
    Position(#[from] PositionSourceError),
    #[error(
        "{layer} need polygons, and the file has none; give GeoJSON, or a CSV column with WKT: --wkt COLUMN, or in a mapping \
         [position] wkt = \"your column\". The file has {found}"
    )]
    NoGeometry { layer: Layer, found: String },
    #[error(
        "is {example:?} the day or the month first? Nothing in the file tells; say in a mapping: [time] format = \"%d/%m/%Y\" or \
         \"%m/%d/%Y\""
    )]
    AmbiguousDates { example: String },
}
