//! Villages, grids, micro-grids, squares, facilities, households and devices; their codes and versions.

mod boundary;
mod code;
mod id;
mod numbering;
mod site;
mod version;

pub use boundary::{Boundary, GridKind, Level};
pub use code::{Code, CodeError, CodeScheme};
pub use id::Id;
pub use numbering::reading_order;
pub use site::{ALWAYS, Device, Facility, FacilityKind, FacilityStatus, Household, Placement, PlacementStatus, Square};
pub use version::{BoundaryVersion, Period};
