//! Coverage: who was visited, what is in reach, which posts are filled, what works, what was held, what lies in a grid.

mod activities;
mod reach;
mod states;
mod visits;

pub use activities::activities_held;
pub use reach::{DETOUR, WALK_MINUTES, WALK_SPEED_M_PER_MIN, reach_limit_m, square_reach, walks_between};
pub use states::{area_covered, facilities_working, leader_filled};
pub use visits::{attempt_rate, visit_rate};
