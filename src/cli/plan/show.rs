//! Plans as tables.

use super::OFFICE;
use crate::{
    place::Id,
    plan::{Spread, Totals, balance::Wish},
    service::{Service, Side},
};
use anyhow::Result;
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

/// A line under the header, none between the rows.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(header);
    table
}

/// All columns from `first` on to the right.
pub(super) fn numbers_right(table: &mut Table, first: usize) {
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

pub(super) async fn list(service: &Service) -> Result<()> {
    let mut rows = table(&["id", "state", "base", "entries", "by", "changed", "name"]);
    for plan in service.plans(OFFICE).await? {
        rows.add_row([
            plan.id.to_string(),
            plan.state,
            plan.base.to_string(),
            plan.entries.to_string(),
            plan.created_by,
            plan.changed_at.format("%Y-%m-%d %H:%M").to_string(),
            plan.name,
        ]);
    }
    println!("{rows}");
    Ok(())
}

pub(super) async fn plan(service: &Service, id: Id) -> Result<()> {
    let view = service.plan(OFFICE, id).await?;
    let figures = service.plan_figures(OFFICE, id).await?;
    println!("{} · {} · base version {}", view.history.name(), view.history.state().en(), view.history.base());
    totals(&figures.today.1, &figures.draft.1);
    let mut rows = table(&["entry", "at", "by", "did", "why"]);
    for entry in &view.entries {
        let body = serde_json::to_value(&entry.body)?;
        let word = |name: &str| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let did = if word("do") == "operate" { word("operation") } else { word("do") };
        let mark = if entry.seq == view.history.head() { "*" } else { "" };
        rows.add_row([
            format!("{}{mark}", entry.seq),
            entry.at.format("%Y-%m-%d %H:%M").to_string(),
            entry.author.clone(),
            did,
            entry.why.clone().unwrap_or_default(),
        ]);
    }
    println!("{rows}");
    for (problem, name) in service.plan_problems(OFFICE, id).await? {
        let place = name.unwrap_or_default();
        let count = problem.count.map(|count| format!(" ({count})")).unwrap_or_default();
        let at = problem.at.map(|at| format!(" at {at}")).unwrap_or_default();
        println!("{} {place}{count}{at}", problem.kind.en());
    }
    Ok(())
}

/// The whole area: before and after.
pub(super) fn totals(before: &Totals, after: &Totals) {
    let mut rows = table(&["", "today", "draft"]);
    let mut row = |name: &str, of: &dyn Fn(&Totals) -> String| {
        rows.add_row([name.to_owned(), of(before), of(after)]);
    };
    let number = |value: Option<f64>, digits: usize| value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
    let max_mean = |spread: Option<Spread>| number(spread.map(|it| it.max_mean), 3);
    row("grids", &|it| it.grids.to_string());
    row("households", &|it| it.households.to_string());
    row("households in another grid", &|it| it.households_moved.to_string());
    row("persons with another worker", &|it| it.persons_with_new_worker.to_string());
    row("load: largest / mean", &|it| max_mean(it.load));
    row("load: Gini", &|it| number(it.load.map(|it| it.gini), 3));
    row("load: CV", &|it| number(it.load.map(|it| it.cv), 3));
    row("workload W: largest / mean", &|it| max_mean(it.workload));
    row("households: largest / mean", &|it| max_mean(it.spread_households));
    row("walk to the middle, min", &|it| number(it.walk_min, 2));
    row("Polsby–Popper, mean", &|it| number(it.polsby_popper, 3));
    row("grids in pieces", &|it| it.broken.to_string());
    row("grids without anyone on post", &|it| it.without_worker.to_string());
    numbers_right(&mut rows, 1);
    println!("{rows}");
}

pub(super) async fn moves(service: &Service, plan: Id, n: usize) -> Result<()> {
    let moves = service.next_moves(OFFICE, plan, Wish::default(), n).await?;
    let mut rows =
        table(&["household", "from", "to", "village: largest over mean", "", "load CV", "walk, min", "new worker, persons"]);
    for it in &moves {
        let after = &it.outcome.totals;
        let percent = |share: f64| format!("{:+.2} %", share * 100.0);
        let change = |of: fn(&Totals) -> Option<f64>| match (of(&it.before), of(after)) {
            (Some(before), Some(after)) => format!("{:+.5}", after - before),
            _ => "–".to_owned(),
        };
        rows.add_row([
            it.households.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            it.from.to_string(),
            it.to.to_string(),
            percent(it.imbalance.0),
            percent(it.imbalance.1),
            change(|it| it.load.map(|it| it.cv)),
            change(|it| it.walk_min),
            format!("{:+}", i64::from(after.persons_with_new_worker) - i64::from(it.before.persons_with_new_worker)),
        ]);
    }
    numbers_right(&mut rows, 3);
    println!("{rows}");
    Ok(())
}

pub(super) async fn comparison(service: &Service, a: Side, b: Side) -> Result<()> {
    let compared = service.compare_plans(OFFICE, a, b).await?;
    let it = &compared.comparison;
    println!(
        "{} households ({} persons) are in another grid; {} ({}) if grids are known by whom they have in common",
        it.moved.households, it.moved.persons, it.moved_matched.households, it.moved_matched.persons
    );
    println!(
        "variation of information {:.6} nats; {} persons with another worker",
        it.variation_of_information, it.persons_with_new_worker
    );
    totals(&it.totals[0], &it.totals[1]);
    let mut rows = table(&["from", "to", "households", "persons"]);
    let name = |id: Option<Id>| id.and_then(|id| compared.names.get(&id)).cloned().unwrap_or_else(|| "–".to_owned());
    for flow in it.flows.iter().filter(|flow| flow.from != flow.to) {
        rows.add_row([name(flow.from), name(flow.to), flow.households.to_string(), flow.persons.to_string()]);
    }
    numbers_right(&mut rows, 2);
    println!("{rows}");
    Ok(())
}
