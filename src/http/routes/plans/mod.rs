//! Plans: drafts of boundaries.

mod balance;
mod compare;
mod draw;
mod look;
mod publish;

pub use balance::{
    __path_balance, __path_cancel, __path_candidate, __path_job, __path_next_moves, __path_take, balance, cancel, candidate,
    job, next_moves, take,
};
pub use compare::{__path_compare, __path_moved_csv, __path_workers_csv, compare, moved_csv, workers_csv};
pub use draw::{__path_command, __path_flip, __path_found, __path_preview, command, flip, found, preview};
pub use look::{
    __path_export, __path_figures, __path_households, __path_metric, __path_moved, __path_places, __path_plan, __path_plans,
    __path_problems, export, figures, households, metric, moved, places, plan, plans, problems,
};

pub use publish::{
    __path_publish, __path_rebase, __path_restore, __path_share, __path_shared, __path_shared_figures, __path_shared_places,
    __path_unshare, publish, rebase, restore, share, shared, shared_figures, shared_places, unshare,
};

use crate::{http::Problem, place::Id};

fn id(text: &str) -> Result<Id, Problem> {
    text.parse().map_err(|_| Problem::not_found(format!("{text} is no id; GET /api/v1/plans lists the plans")))
}
