//! Simulated annealing over single moves that keep parts connected (S. Kirkpatrick et al., Science 220, 1983).

use super::{budget::Watch, graph::float, state::State};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::ops::ControlFlow;

/// What a run goes downhill on. The caller keeps the energy of the present division; a run only asks for changes.
pub(super) trait Energy {
    /// Called before each block of moves with how far the run is, 0 to 1.
    fn advance(&mut self, _state: &State<'_>, _progress: f64) {}

    /// By how much the energy changes if the atom goes to that part; infinite if it must not.
    fn change(&mut self, state: &State<'_>, atom: u32, to: u32) -> f64;

    /// The atom has left `from`; `Break` ends the run.
    fn moved(&mut self, state: &State<'_>, atom: u32, from: u32) -> ControlFlow<()>;
}

/// Heat falls geometrically from `hot` to `cold`, in units of energy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub steps: u64,
    pub hot: f64,
    pub cold: f64,
}

/// Steps between two looks at the clock, and for which the heat stays the same.
const BLOCK: u64 = 1024;

/// Runs until the steps are done, the energy says so, or the watch is over.
pub(super) fn anneal(
    state: &mut State<'_>,
    energy: &mut impl Energy,
    schedule: &Schedule,
    random: &mut ChaCha8Rng,
    watch: &Watch<'_>,
) -> ControlFlow<()> {
    let mut done = 0;
    while done < schedule.steps && !watch.is_over() {
        let progress = ratio(done, schedule.steps);
        let heat = schedule.hot * (schedule.cold / schedule.hot).powf(progress);
        energy.advance(state, progress);
        let block = BLOCK.min(schedule.steps - done);
        for _ in 0..block {
            let Some((atom, to)) = state.random_move(random) else {
                // Nothing is cut, so nothing can move; the clock must be looked at all the same.
                watch.count(0);
                return ControlFlow::Break(());
            };
            let change = energy.change(state, atom, to);
            if change > 0.0 && change >= -heat * random.random::<f64>().ln() || !state.can_leave(atom) {
                continue;
            }
            let from = state.part(atom);
            state.put(atom, to);
            energy.moved(state, atom, from)?;
        }
        done += block;
        watch.count(block);
    }
    ControlFlow::Continue(())
}

#[expect(clippy::cast_precision_loss, reason = "a share of the way")]
fn ratio(done: u64, all: u64) -> f64 {
    done as f64 / all as f64
}

/// Numbers 1 1 2 1 1 2 4 …: lengths of runs that are never far from the best that one could have known (M. Luby et al.,
/// Information Processing Letters 47, 1993). `index` from 0.
pub(super) fn luby(index: u64) -> u64 {
    let mut place = index + 1;
    loop {
        let whole = (place + 1).next_power_of_two();
        if place + 1 == whole {
            return whole / 2;
        }
        place -= whole / 2 - 1;
    }
}

/// The middle of the loads that are not 0: the size of a usual atom.
pub(super) fn usual_load(loads: &[f64]) -> f64 {
    let mut loads: Vec<f64> = loads.iter().copied().filter(|&load| load > 0.0).collect();
    loads.sort_unstable_by(f64::total_cmp);
    loads.get(loads.len() / 2).copied().unwrap_or(1.0)
}

/// The mean of the values that are not 0.
pub(super) fn usual_cost(costs: &[f64]) -> f64 {
    let (sum, count) = costs.iter().filter(|&&cost| cost > 0.0).fold((0.0, 0), |(sum, count), cost| (sum + cost, count + 1));
    if count == 0 { 1.0 } else { sum / float(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_lengths_are_lubys() {
        let lengths: Vec<u64> = (0..15).map(luby).collect();
        assert_eq!(lengths, [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]);
    }

    #[test]
    fn usual_values_leave_zeros_out() {
        assert!((usual_load(&[0.0, 0.0, 5.0, 1.0, 9.0]) - 5.0).abs() < 1e-12);
        assert!((usual_cost(&[0.0, 2.0, 4.0]) - 3.0).abs() < 1e-12);
        assert!((usual_load(&[]) - 1.0).abs() < 1e-12);
    }
}
